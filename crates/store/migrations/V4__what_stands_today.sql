-- The two days of the notice that a decision will be late (延期通知), so that the insurer's queue counts
-- the days that the notice gives. Rows from before stay without: their next version brings them.
ALTER TABLE certification_step ADD COLUMN postponed_on TEXT;
ALTER TABLE certification_step ADD COLUMN postponed_until TEXT;

-- First and last day of a consent (同意の期間), so that consents that stand on a day are counted without
-- opening them. Rows from before stay without and count until they are taken back.
ALTER TABLE consent ADD COLUMN valid_from TEXT;
ALTER TABLE consent ADD COLUMN valid_until TEXT;
