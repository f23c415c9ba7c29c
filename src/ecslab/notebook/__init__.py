"""A lab in a notebook: the learner's handle on the cloud, `%%aws`, checks and hints; and building and proving labs."""
