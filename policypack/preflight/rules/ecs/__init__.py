"""Rules for ECS: task definitions, their images and secrets, services, clusters."""
