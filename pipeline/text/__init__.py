"""What words mean, told without a model: questions, backchannels, roles, topics, neutral wording."""
