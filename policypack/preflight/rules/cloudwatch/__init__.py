"""Rules for CloudWatch and EventBridge: alarms, dashboards, rules, targets and buses."""
