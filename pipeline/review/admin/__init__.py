"""What admins see: users, the audit trail, and how the workspace stands."""
