"""What is: frozen values in AWS's own words, in snake case. No behaviour beyond what follows from the value."""
