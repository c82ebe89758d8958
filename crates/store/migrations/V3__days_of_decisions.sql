-- What the cases closed on one day add to an insurer's averages: how many, and how many days each
-- stretch of their way took. A transfer changes the days that its records touch, so that it need
-- not count the cases of a whole year again.
CREATE TABLE certification_day (
    insurer_number  TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    closed_on       TEXT   NOT NULL CHECK (length(closed_on) = 10),
    survey_cases    BIGINT NOT NULL,
    survey_days     BIGINT NOT NULL,
    opinion_cases   BIGINT NOT NULL,
    opinion_days    BIGINT NOT NULL,
    board_cases     BIGINT NOT NULL,
    board_days      BIGINT NOT NULL,
    total_cases     BIGINT NOT NULL,
    total_days      BIGINT NOT NULL,
    PRIMARY KEY (insurer_number, closed_on)
);

-- The steps that one transfer brought.
CREATE INDEX certification_step_generation
    ON certification_step (insurer_number, generation, insured_number, series);
