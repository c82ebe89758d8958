-- What an opinion request says beside whom it makes responsible (主治医意見書の依頼): the doctor's name and
-- the day by which the opinion is wanted, sealed. Empty for other registrations and for older rows.
ALTER TABLE assignment ADD COLUMN body BLOB;
