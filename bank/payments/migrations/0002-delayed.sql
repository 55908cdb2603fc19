-- Serves release control's question: which payments of a customer waited while they were out.
CREATE INDEX payments_of_person ON payments.payments (person_id, created_at);
