"""Rules over application, network and gateway load balancers."""
