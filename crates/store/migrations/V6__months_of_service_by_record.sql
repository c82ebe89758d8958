-- Months of service by the record that brought them (履歴番号), so that a record is corrected and taken
-- back like every other: ids as those of registrations, a row that ends when the transfer is published.
CREATE TABLE service_record (
    insurer_number   TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number   TEXT   NOT NULL CHECK (length(insured_number) = 10),
    id               TEXT   NOT NULL,
    generation       BIGINT NOT NULL,
    provider_number  TEXT   NOT NULL,
    month            TEXT   NOT NULL CHECK (length(month) = 7),
    ended_at_ms      BIGINT,
    PRIMARY KEY (insurer_number, insured_number, id)
);
CREATE INDEX service_record_generation ON service_record (insurer_number, generation);

-- A month counts while one of its records goes on. Months from before have no record: they count
-- until a record of theirs has come and ended. Programs of before read and write months as ever.
ALTER TABLE service_use ADD COLUMN ended_at_ms BIGINT;
