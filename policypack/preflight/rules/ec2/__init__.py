"""Rules over EC2 and VPC: security groups, networks, instances, launch templates."""
