"""What the controller asks of other AWS services, one module per service, through their public API in moto."""
