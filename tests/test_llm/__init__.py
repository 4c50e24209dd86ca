"""The gateway to models, through real LiteLLM to a provider on loopback."""
