-- Sealed: whose consent the card is to give, and what the page filled in; NULL where the reading
-- finds a person.
ALTER TABLE card_check ADD COLUMN consent BLOB;
