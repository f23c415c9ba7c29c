"""CodeDeploy's decisions for Amazon ECS: what an AppSpec asks for, which steps traffic takes, what comes next."""
