-- The first house: who is there, who may enter, what is known about whom, and who looked.
--
-- One text for both engines: `BLOB` becomes `BYTEA` on PostgreSQL. Every table of personal data
-- carries the insurer's number first in its key, so that it can be partitioned or distributed by
-- insurer; no foreign keys cross that border. Times are milliseconds UTC, days are YYYY-MM-DD.

-- Insurers (保険者). `generation` numbers what their files have published: a reader sees rows of
-- a generation only when it has been reached, so a transfer becomes visible all at once.
CREATE TABLE insurer (
    number                 TEXT   NOT NULL PRIMARY KEY CHECK (length(number) = 6),
    name                   TEXT   NOT NULL,
    connected_since        TEXT            CHECK (length(connected_since) = 10),
    not_connected_because  TEXT,
    takes_consent          BIGINT NOT NULL CHECK (takes_consent IN (0, 1)),
    generation             BIGINT NOT NULL CHECK (generation >= 0),
    version                BIGINT NOT NULL CHECK (version > 0)
);

-- One data key per insurer, wrapped by the key of keys; see seal.rs.
CREATE TABLE insurer_key (
    insurer_number  TEXT NOT NULL PRIMARY KEY,
    wrapped         BLOB NOT NULL
);

-- Offices and medical institutions (事業所・医療機関).
CREATE TABLE provider (
    number              TEXT   NOT NULL PRIMARY KEY CHECK (length(number) = 10),
    name                TEXT   NOT NULL,
    kana                TEXT   NOT NULL,
    is_medical          BIGINT NOT NULL CHECK (is_medical IN (0, 1)),
    -- Service type codes, separated by one space, in the order of the published list.
    services            TEXT   NOT NULL,
    corporation_number  TEXT,
    corporation_name    TEXT   NOT NULL,
    address             TEXT   NOT NULL,
    phone               TEXT   NOT NULL,
    active              BIGINT NOT NULL CHECK (active IN (0, 1)),
    version             BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX provider_corporation ON provider (corporation_number, number);
CREATE INDEX provider_kana ON provider (kana, number);

-- Accounts (利用者アカウント). Secrets are sealed or hashed, never readable here.
CREATE TABLE account (
    id                 TEXT   NOT NULL PRIMARY KEY,
    login              TEXT   NOT NULL,
    name               TEXT   NOT NULL,
    mail               TEXT,
    -- A person signs in to pages; software gets tokens. Neither can do the other.
    software           BIGINT NOT NULL CHECK (software IN (0, 1)),
    password_hash      TEXT   NOT NULL,
    must_change        BIGINT NOT NULL CHECK (must_change IN (0, 1)),
    -- The secret of the code application, and the one that waits for its first code.
    totp_secret        BLOB,
    totp_candidate     BLOB,
    -- Newest time step a code was accepted for: the same code never works twice.
    totp_last_step     BIGINT NOT NULL,
    -- Keyed digests of unused recovery codes, separated by one space.
    recovery           TEXT   NOT NULL,
    active             BIGINT NOT NULL CHECK (active IN (0, 1)),
    created_at_ms      BIGINT NOT NULL,
    version            BIGINT NOT NULL CHECK (version > 0),
    CONSTRAINT account_login UNIQUE (login)
);

-- Wrong tries of a login, known or not: both slow down and lock alike. The subject is a keyed
-- digest of what was typed, so that a password typed into the wrong field is not kept.
CREATE TABLE wrong_tries (
    subject         TEXT   NOT NULL PRIMARY KEY,
    tries           BIGINT NOT NULL CHECK (tries >= 0),
    next_try_at_ms  BIGINT NOT NULL,
    version         BIGINT NOT NULL CHECK (version > 0)
);

-- What an account may do in an organisation (所属と職種).
CREATE TABLE membership (
    account_id         TEXT   NOT NULL,
    organisation       TEXT   NOT NULL,
    level              TEXT   NOT NULL CHECK (level IN ('office', 'administrator', 'general')),
    job                TEXT   NOT NULL,
    writes_care_plans  BIGINT NOT NULL CHECK (writes_care_plans IN (0, 1)),
    active             BIGINT NOT NULL CHECK (active IN (0, 1)),
    version            BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (account_id, organisation)
);
CREATE INDEX membership_organisation ON membership (organisation, account_id);

-- Client certificates of devices (端末証明書).
CREATE TABLE device (
    sha256               TEXT   NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
    serial               TEXT   NOT NULL,
    organisation         TEXT   NOT NULL,
    -- Number of the office or insurer within `organisation`, for joins; empty for the operator.
    organisation_number  TEXT   NOT NULL,
    device_id            TEXT   NOT NULL,
    name                 TEXT   NOT NULL,
    issued_at_ms         BIGINT NOT NULL,
    not_after_ms         BIGINT NOT NULL,
    revoked_at_ms        BIGINT,
    revoked_why          TEXT,
    CONSTRAINT device_serial UNIQUE (serial)
);
CREATE INDEX device_organisation ON device (organisation, issued_at_ms);
CREATE INDEX device_revoked ON device (revoked_at_ms);

-- Sessions of pages and software. The token itself is never stored, only its SHA-256.
CREATE TABLE session (
    token_hash           TEXT   NOT NULL PRIMARY KEY CHECK (length(token_hash) = 64),
    -- 'pending' has shown its password; 'proved' also its code, and owes a new password.
    stage                TEXT   NOT NULL CHECK (stage IN ('pending', 'proved', 'open', 'ended')),
    kind                 TEXT   NOT NULL CHECK (kind IN ('staff', 'software', 'citizen')),
    account_id           TEXT,
    organisation         TEXT,
    -- Number of the office or insurer within `organisation`, for joins; empty for the operator.
    organisation_number  TEXT   NOT NULL,
    device_sha256        TEXT,
    -- The citizen: sealed insurer, number and delegate.
    citizen              BLOB,
    csrf                 TEXT   NOT NULL,
    -- Keyed digest of a code sent by mail, or SHA-256 of the refresh token of software.
    secret_hash          TEXT,
    -- Until when that code or refresh token works.
    secret_until_ms      BIGINT,
    -- All tokens that descend from one showing of a password share it.
    family               TEXT   NOT NULL,
    created_at_ms        BIGINT NOT NULL,
    seen_at_ms           BIGINT NOT NULL,
    idle_ms              BIGINT NOT NULL,
    ends_at_ms           BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id, created_at_ms);
CREATE INDEX session_device ON session (device_sha256);
CREATE INDEX session_secret ON session (secret_hash);
CREATE INDEX session_ends ON session (ends_at_ms);

-- Insured persons (被保険者), one row for each change. `deleted` rows end a series.
CREATE TABLE insured_person (
    insurer_number  TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number  TEXT   NOT NULL CHECK (length(insured_number) = 10),
    generation      BIGINT NOT NULL,
    birth_date      TEXT   NOT NULL CHECK (length(birth_date) = 10),
    sex             TEXT   NOT NULL CHECK (sex IN ('male', 'female')),
    -- Folded reading, for the insurer's own search.
    kana_key        TEXT   NOT NULL,
    deleted         BIGINT NOT NULL CHECK (deleted IN (0, 1)),
    received_at_ms  BIGINT NOT NULL,
    digest          BLOB   NOT NULL,
    body            BLOB   NOT NULL,
    PRIMARY KEY (insurer_number, insured_number, generation)
);
CREATE INDEX insured_person_kana ON insured_person (insurer_number, kana_key);

-- Shared papers (文書). Versions are kept, nothing is overwritten; `deleted` rows end a series.
CREATE TABLE document (
    insurer_number  TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number  TEXT   NOT NULL CHECK (length(insured_number) = 10),
    kind            TEXT   NOT NULL,
    series          TEXT   NOT NULL,
    version         BIGINT NOT NULL CHECK (version > 0),
    generation      BIGINT NOT NULL,
    author          TEXT   NOT NULL,
    valid_from      TEXT            CHECK (length(valid_from) = 10),
    valid_until     TEXT            CHECK (length(valid_until) = 10),
    received_at_ms  BIGINT NOT NULL,
    deleted         BIGINT NOT NULL CHECK (deleted IN (0, 1)),
    digest          BLOB   NOT NULL,
    body            BLOB   NOT NULL,
    PRIMARY KEY (insurer_number, insured_number, kind, series, version)
);

-- The ledger of consents (同意台帳). Only the withdrawal is ever added to a row.
CREATE TABLE consent (
    insurer_number   TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number   TEXT   NOT NULL CHECK (length(insured_number) = 10),
    id               TEXT   NOT NULL,
    generation       BIGINT NOT NULL,
    given_at_ms      BIGINT NOT NULL,
    withdrawn_at_ms  BIGINT,
    withdrawn_by     TEXT,
    body             BLOB   NOT NULL,
    version          BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (insurer_number, insured_number, id)
);

-- Offices in charge (担当事業所登録).
CREATE TABLE assignment (
    insurer_number   TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number   TEXT   NOT NULL CHECK (length(insured_number) = 10),
    id               TEXT   NOT NULL,
    generation       BIGINT NOT NULL,
    provider_number  TEXT   NOT NULL,
    identity_check   TEXT   NOT NULL,
    started_at_ms    BIGINT NOT NULL,
    ended_at_ms      BIGINT,
    ended_by         TEXT,
    version          BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (insurer_number, insured_number, id)
);
CREATE INDEX assignment_provider ON assignment (provider_number, insurer_number, insured_number);

-- Months in which a claim of an office was seen for a person (サービスの継続).
CREATE TABLE service_use (
    insurer_number   TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number   TEXT   NOT NULL CHECK (length(insured_number) = 10),
    provider_number  TEXT   NOT NULL,
    month            TEXT   NOT NULL CHECK (length(month) = 7),
    generation       BIGINT NOT NULL,
    PRIMARY KEY (insurer_number, insured_number, provider_number, month)
);

-- Emergency looks (緊急時の閲覧) that wait for, or have had, their review.
CREATE TABLE emergency (
    insurer_number   TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number   TEXT   NOT NULL CHECK (length(insured_number) = 10),
    id               TEXT   NOT NULL,
    provider_number  TEXT   NOT NULL,
    account_id       TEXT   NOT NULL,
    reason           TEXT   NOT NULL,
    note             BLOB   NOT NULL,
    opened_at_ms     BIGINT NOT NULL,
    until_ms         BIGINT NOT NULL,
    reviewed_at_ms   BIGINT,
    reviewed_by      TEXT,
    review           BLOB,
    version          BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (insurer_number, insured_number, id)
);
CREATE INDEX emergency_provider ON emergency (provider_number, opened_at_ms);

-- Family members and agents whom the person invited (ご家族・代理人). The code is shown once; here
-- are keyed digests of it and of the delegate's pseudonym at the sign-in.
CREATE TABLE delegate (
    insurer_number   TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number   TEXT   NOT NULL CHECK (length(insured_number) = 10),
    id               TEXT   NOT NULL,
    code_digest      TEXT   NOT NULL,
    code_until_ms    BIGINT NOT NULL,
    -- Unknown until the invitation is accepted.
    delegate_digest  TEXT,
    -- Sealed: name and relation as the person wrote them.
    body             BLOB   NOT NULL,
    invited_at_ms    BIGINT NOT NULL,
    accepted_at_ms   BIGINT,
    ended_at_ms      BIGINT,
    ended_by         TEXT            CHECK (ended_by IN ('person', 'delegate', 'platform')),
    version          BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (insurer_number, insured_number, id)
);
CREATE INDEX delegate_code ON delegate (code_digest);
CREATE INDEX delegate_digest ON delegate (delegate_digest);

-- Offices that the insurer keeps from a protected person (支援措置による閲覧の停止). A block that
-- was lifted stays as a row; an office is blocked for a person by one row at a time.
CREATE TABLE protection_block (
    insurer_number   TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number   TEXT   NOT NULL CHECK (length(insured_number) = 10),
    id               TEXT   NOT NULL,
    provider_number  TEXT   NOT NULL,
    reason           TEXT   NOT NULL,
    -- Sealed: what the insurer's staff wrote when they blocked, and when they lifted it.
    note             BLOB   NOT NULL,
    lifted_note      BLOB,
    blocked_at_ms    BIGINT NOT NULL,
    blocked_by       TEXT   NOT NULL,
    lifted_at_ms     BIGINT,
    lifted_by        TEXT,
    version          BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (insurer_number, insured_number, id)
);
CREATE UNIQUE INDEX protection_block_standing
    ON protection_block (insurer_number, insured_number, provider_number)
 WHERE lifted_at_ms IS NULL;

-- The person's word on a look that seems strange (ご本人からの問い合わせ).
CREATE TABLE objection (
    insurer_number  TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number  TEXT   NOT NULL CHECK (length(insured_number) = 10),
    id              TEXT   NOT NULL,
    event_seq       BIGINT NOT NULL,
    note            BLOB   NOT NULL,
    made_at_ms      BIGINT NOT NULL,
    answered_at_ms  BIGINT,
    answer          BLOB,
    version         BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (insurer_number, insured_number, id)
);

-- Regions an operator has opened in a disaster, by a recorded decision with an end.
CREATE TABLE disaster (
    insurer_number  TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    id              TEXT   NOT NULL,
    reason          TEXT   NOT NULL,
    opened_by       TEXT   NOT NULL,
    opened_at_ms    BIGINT NOT NULL,
    until_ms        BIGINT NOT NULL,
    PRIMARY KEY (insurer_number, id)
);

-- Where running and recent certifications stand, without what they say: for the insurer's queue
-- and its averages. Derived from the progress papers when they are stored.
CREATE TABLE certification_step (
    insurer_number       TEXT   NOT NULL CHECK (length(insurer_number) = 6),
    insured_number       TEXT   NOT NULL CHECK (length(insured_number) = 10),
    series               TEXT   NOT NULL,
    version              BIGINT NOT NULL,
    generation           BIGINT NOT NULL,
    filed_on             TEXT   NOT NULL CHECK (length(filed_on) = 10),
    survey_done_on       TEXT,
    opinion_asked_on     TEXT,
    opinion_received_on  TEXT,
    opinion_provider     TEXT,
    board_planned_on     TEXT,
    board_held_on        TEXT,
    -- Decision, withdrawal or rejection: nothing more to wait for.
    closed_on            TEXT,
    PRIMARY KEY (insurer_number, insured_number, series, version)
);
CREATE INDEX certification_step_open ON certification_step (insurer_number, closed_on, filed_on);

-- Mean days of each step of an insurer's certifications, worked out when a transfer is published.
CREATE TABLE insurer_average (
    insurer_number  TEXT   NOT NULL,
    step            TEXT   NOT NULL,
    cases           BIGINT NOT NULL,
    -- Tenths of a day.
    tenth_days      BIGINT NOT NULL,
    PRIMARY KEY (insurer_number, step)
);

-- Transfers of municipal files (市町村からのデータ).
CREATE TABLE transfer (
    insurer_number   TEXT   NOT NULL,
    sequence         BIGINT NOT NULL,
    scope            TEXT   NOT NULL CHECK (scope IN ('full', 'diff')),
    state            TEXT   NOT NULL CHECK (state IN ('receiving', 'published', 'failed')),
    generation       BIGINT NOT NULL,
    started_at_ms    BIGINT NOT NULL,
    published_at_ms  BIGINT,
    version          BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (insurer_number, sequence)
);

-- Files of a transfer and how far each has been taken.
CREATE TABLE transfer_file (
    insurer_number  TEXT   NOT NULL,
    sequence        BIGINT NOT NULL,
    name            TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    sha256          TEXT   NOT NULL,
    lines_done      BIGINT NOT NULL,
    taken           BIGINT NOT NULL,
    unchanged       BIGINT NOT NULL,
    refused         BIGINT NOT NULL,
    complete        BIGINT NOT NULL CHECK (complete IN (0, 1)),
    version         BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (insurer_number, sequence, name)
);

-- What was wrong with a line: place, rule and class of the value, never the value.
CREATE TABLE transfer_finding (
    insurer_number  TEXT   NOT NULL,
    sequence        BIGINT NOT NULL,
    file            TEXT   NOT NULL,
    line            BIGINT NOT NULL,
    -- Counts the findings of one line.
    number          BIGINT NOT NULL,
    column_name     TEXT   NOT NULL,
    rule            TEXT   NOT NULL,
    value_class     TEXT   NOT NULL,
    mend            TEXT   NOT NULL,
    PRIMARY KEY (insurer_number, sequence, file, line, number)
);

-- Keys a full set has named, while it is being taken; what it does not name ends with it.
CREATE TABLE transfer_seen (
    insurer_number  TEXT   NOT NULL,
    sequence        BIGINT NOT NULL,
    insured_number  TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    series          TEXT   NOT NULL,
    PRIMARY KEY (insurer_number, sequence, insured_number, kind, series)
);

-- Notices to an organisation (お知らせ): a code and its parameters, no personal data.
CREATE TABLE notice (
    organisation  TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    code          TEXT   NOT NULL,
    params        TEXT   NOT NULL,
    made_at_ms    BIGINT NOT NULL,
    read_at_ms    BIGINT,
    PRIMARY KEY (organisation, id)
);
CREATE INDEX notice_newest ON notice (organisation, made_at_ms);

-- Cards being read by the reader application of a device.
CREATE TABLE card_check (
    id             TEXT   NOT NULL PRIMARY KEY,
    organisation   TEXT   NOT NULL,
    device_sha256  TEXT   NOT NULL,
    account_id     TEXT   NOT NULL,
    challenge      TEXT   NOT NULL,
    -- By eye or with the PIN.
    way            TEXT   NOT NULL,
    -- 'reading' has taken its one answer and asks the online eligibility system about it.
    stage          TEXT   NOT NULL
                   CHECK (stage IN ('waiting', 'reading', 'found', 'refused', 'used')),
    -- Sealed: whom the card belongs to; or the word of the refusal.
    answer         BLOB,
    refusal        TEXT,
    made_at_ms     BIGINT NOT NULL,
    until_ms       BIGINT NOT NULL,
    version        BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX card_check_device ON card_check (device_sha256, stage, made_at_ms);

-- Tries of an account, a device or an address within a window, for limits of rate.
CREATE TABLE rate (
    subject       TEXT   NOT NULL,
    window_start  BIGINT NOT NULL,
    tries         BIGINT NOT NULL,
    PRIMARY KEY (subject, window_start)
);

-- Answers to writes of software, by its idempotency key.
CREATE TABLE idempotency (
    organisation    TEXT   NOT NULL,
    key             TEXT   NOT NULL,
    request_sha256  TEXT   NOT NULL,
    status          BIGINT NOT NULL,
    answer          BLOB   NOT NULL,
    made_at_ms      BIGINT NOT NULL,
    PRIMARY KEY (organisation, key)
);

-- Settings an operator has changed, each version kept.
CREATE TABLE setting (
    name        TEXT   NOT NULL,
    version     BIGINT NOT NULL CHECK (version > 0),
    value       TEXT   NOT NULL,
    set_by      TEXT   NOT NULL,
    set_at_ms   BIGINT NOT NULL,
    PRIMARY KEY (name, version)
);

-- The access log (アクセス記録). Insert only; no foreign keys; leaves of the Merkle tree whose
-- head is below. Empty numbers and names stand for events about nobody or by nobody.
CREATE TABLE event (
    insurer_number  TEXT   NOT NULL,
    seq             BIGINT NOT NULL,
    insured_number  TEXT   NOT NULL,
    at_ms           BIGINT NOT NULL,
    organisation    TEXT   NOT NULL,
    action          TEXT   NOT NULL,
    payload         TEXT   NOT NULL,
    PRIMARY KEY (insurer_number, seq)
);
CREATE INDEX event_person ON event (insurer_number, insured_number, seq);
CREATE INDEX event_seq ON event (seq);

-- The signed head of the log: size, peaks of the tree, root. One row.
CREATE TABLE event_head (
    id         BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    size       BIGINT NOT NULL,
    peaks      BLOB   NOT NULL,
    root       BLOB   NOT NULL,
    at_ms      BIGINT NOT NULL,
    signature  BLOB   NOT NULL
);
