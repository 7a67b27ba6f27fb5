"""Rules for API Gateway: REST APIs, and what REST, HTTP and WebSocket APIs have in common."""
