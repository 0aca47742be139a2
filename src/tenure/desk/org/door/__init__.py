"""The door of the desk: who comes in, with what, from where and for how long (docs/security.md, “Signing in”)."""
