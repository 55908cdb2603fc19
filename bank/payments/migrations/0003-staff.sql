-- Serves staff: payments in the order of time, newest first, and the span of some days. One entry at the end
-- of each index for a new payment; its later states touch neither.
CREATE INDEX payments_by_time ON payments.payments (created_at, id);
CREATE INDEX incoming_by_time ON payments.incoming (received_at, uetr);
