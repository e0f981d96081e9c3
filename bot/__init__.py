"""Services and machinery: the door every event goes through, the clocks, the outbox, the storage."""
