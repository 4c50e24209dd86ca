"""The gateway to models: messages in, events out, every send reserved before and settled after."""
