"""The doors of the partner API: order events in, orders and statements out."""
