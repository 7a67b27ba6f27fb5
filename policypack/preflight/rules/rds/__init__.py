"""Amazon RDS and Aurora: instances, clusters, parameter and subnet groups."""
