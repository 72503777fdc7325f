"""What an event of co-design works with: touchpoints, feelings in people's words, clips, sheets."""
