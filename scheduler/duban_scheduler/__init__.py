"""When: the policy that turns dates into mentions, the tick that decides, the engine that ticks."""
