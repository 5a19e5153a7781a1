"""The facilitator's side: control room, board and projector, injects, schedule and notes."""
