"""Files made to do harm: built here by code, tried as whole processes, in chat and by mutation."""
