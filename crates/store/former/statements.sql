-- postgres
SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT);

-- postgres
SELECT id FROM event_head WHERE id = 1 FOR UPDATE;

-- postgres
SELECT size, peaks, root, at_ms, signature, closed_because,
oldest_schema
FROM event_head
WHERE id = 1
FOR KEY SHARE;

-- postgres
SELECT size, peaks, root, at_ms, signature, closed_because,
oldest_schema
FROM event_head
WHERE id = 1
FOR NO KEY UPDATE;

DELETE FROM assignment
WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4;

DELETE FROM card_check
WHERE until_ms < $1;

DELETE FROM certification_day WHERE insurer_number = $1 AND closed_on <= $2;

DELETE FROM certification_step
WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4;

DELETE FROM consent
WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4;

DELETE FROM document
WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4;

DELETE FROM idempotency
WHERE made_at_ms < $1;

DELETE FROM idempotency
WHERE organisation = $1 AND key = $2 AND made_at_ms = $3 AND status = 0;

DELETE FROM idempotency
WHERE organisation = $1 AND key = $2 AND made_at_ms = $3 AND status IN (0, 1);

DELETE FROM insured_person
WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4;

DELETE FROM insurer_average WHERE insurer_number = $1;

DELETE FROM rate
WHERE window_start < $1;

DELETE FROM service_use
WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4;

DELETE FROM session
WHERE ends_at_ms < $1 AND (secret_until_ms IS NULL OR secret_until_ms < $1);

DELETE FROM transfer
WHERE insurer_number = $1 AND sequence = $2 AND state = 'failed' AND version < $3;

DELETE FROM transfer_file
WHERE insurer_number = $1 AND sequence = $2
AND EXISTS (SELECT 1 FROM transfer t
WHERE t.insurer_number = $1 AND t.sequence = $2
AND t.state = 'failed' AND t.version < $3);

DELETE FROM transfer_finding
WHERE insurer_number = $1 AND sequence = $2
AND EXISTS (SELECT 1 FROM transfer t
WHERE t.insurer_number = $1 AND t.sequence = $2
AND t.state = 'failed' AND t.version < $3);

DELETE FROM transfer_seen
WHERE insurer_number = $1 AND sequence = $2 AND insured_number <= $3;

INSERT INTO account (id, login, name, mail, software, active, password_hash,
must_change, totp_last_step, recovery, created_at_ms, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', $9, 1);

INSERT INTO assignment (insurer_number, insured_number, id, generation,
provider_number, identity_check, started_at_ms, version)
VALUES ($1, $2, $3, 0, $4, $5, $6, 1);

INSERT INTO assignment (insurer_number, insured_number, id, generation, provider_number, identity_check, started_at_ms, ended_at_ms, ended_by, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

INSERT INTO card_check (id, organisation, device_sha256, account_id, challenge, way,
stage, made_at_ms, until_ms, version)
VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, 1);

INSERT INTO certification_day (insurer_number, closed_on, survey_cases, survey_days,
opinion_cases, opinion_days, board_cases, board_days, total_cases, total_days)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (insurer_number, closed_on) DO UPDATE
SET survey_cases = excluded.survey_cases, survey_days = excluded.survey_days,
opinion_cases = excluded.opinion_cases, opinion_days = excluded.opinion_days,
board_cases = excluded.board_cases, board_days = excluded.board_days,
total_cases = excluded.total_cases, total_days = excluded.total_days;

INSERT INTO certification_step (insurer_number, insured_number, series, version,
generation, filed_on, closed_on)
SELECT insurer_number, insured_number, series, version + 1, $6, filed_on, $7
FROM certification_step
WHERE insurer_number = $1 AND insured_number = $2 AND series = $4 AND version = $5
AND $3 = 'certification_progress';

INSERT INTO certification_step (insurer_number, insured_number, series, version, generation, filed_on, survey_done_on, opinion_asked_on, opinion_received_on, opinion_provider, board_planned_on, board_held_on, closed_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

INSERT INTO consent (insurer_number, insured_number, id, generation, given_at_ms, body,
version)
VALUES ($1, $2, $3, 0, $4, $5, 1);

INSERT INTO consent (insurer_number, insured_number, id, generation, given_at_ms, withdrawn_at_ms, withdrawn_by, body, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

INSERT INTO delegate (insurer_number, insured_number, id, code_digest, code_until_ms,
body, invited_at_ms, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, 1);

INSERT INTO device (sha256, serial, organisation, organisation_number, device_id, name,
issued_at_ms, not_after_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

INSERT INTO disaster (insurer_number, id, reason, opened_by, opened_at_ms, until_ms)
VALUES ($1, $2, $3, $4, $5, $6);

INSERT INTO document (insurer_number, insured_number, kind, series, version,
generation, author, valid_from, valid_until, received_at_ms, deleted, digest,
body)
SELECT insurer_number, insured_number, kind, series, version + 1, $6, author,
valid_from, valid_until, $7, 1, $8, $8
FROM document
WHERE insurer_number = $1 AND insured_number = $2 AND kind = $3 AND series = $4
AND version = $5;

INSERT INTO document (insurer_number, insured_number, kind, series, version, generation, author, valid_from, valid_until, received_at_ms, deleted, digest, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

INSERT INTO emergency (insurer_number, insured_number, id, provider_number, account_id,
reason, note, opened_at_ms, until_ms, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1);

INSERT INTO event (insurer_number, seq, insured_number, at_ms, organisation, action, payload) VALUES ($1, $2, $3, $4, $5, $6, $7);

INSERT INTO idempotency (organisation, key, request_sha256, status, answer,
made_at_ms)
VALUES ($1, $2, $3, $4, $5, $6);

INSERT INTO insured_person (insurer_number, insured_number, generation, birth_date, sex,
kana_key, deleted, received_at_ms, digest, body)
SELECT insurer_number, insured_number, $3, birth_date, sex, kana_key, 1, $4, $5, $5
FROM insured_person
WHERE insurer_number = $1 AND insured_number = $2 AND generation < $3
ORDER BY generation DESC
LIMIT 1;

INSERT INTO insured_person (insurer_number, insured_number, generation, birth_date, sex, kana_key, deleted, received_at_ms, digest, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

INSERT INTO insurer (number, name, connected_since, not_connected_because,
takes_consent, generation, version)
VALUES ($1, $2, $3, $4, $5, 0, 1);

INSERT INTO insurer_average (insurer_number, step, cases, tenth_days)
VALUES ($1, $2, $3, $4);

INSERT INTO insurer_key (insurer_number, wrapped)
VALUES ($1, $2)
ON CONFLICT (insurer_number) DO NOTHING;

INSERT INTO membership (account_id, organisation, level, job, writes_care_plans,
active, version)
VALUES ($1, $2, $3, $4, $5, 1, 1);

INSERT INTO notice (organisation, id, code, params, made_at_ms)
VALUES ($1, $2, $3, $4, $5);

INSERT INTO objection (insurer_number, insured_number, id, event_seq, note, made_at_ms,
version)
VALUES ($1, $2, $3, $4, $5, $6, 1);

INSERT INTO protection_block (insurer_number, insured_number, id, provider_number,
reason, note, blocked_at_ms, blocked_by, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1);

INSERT INTO provider (number, name, kana, is_medical, services, corporation_number,
corporation_name, address, phone, active, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

INSERT INTO provider (number, name, kana, is_medical, services, corporation_number, corporation_name, address, phone, active, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

INSERT INTO rate (subject, window_start, tries)
VALUES ($1, $2, 1)
ON CONFLICT (subject, window_start) DO UPDATE
SET tries = rate.tries + 1;

INSERT INTO service_use (insurer_number, insured_number, provider_number, month, generation) VALUES ($1, $2, $3, $4, $5);

INSERT INTO session (token_hash, stage, kind, account_id, organisation,
organisation_number, device_sha256, citizen, csrf, secret_hash,
secret_until_ms, family, created_at_ms, seen_at_ms, idle_ms,
ends_at_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

INSERT INTO setting (name, version, value, set_by, set_at_ms)
SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT),
CAST($5 AS BIGINT)
WHERE $2 = 1
OR EXISTS (SELECT 1
FROM setting
WHERE name = $1 AND version = $2 - 1);

INSERT INTO transfer (insurer_number, sequence, scope, state, generation,
started_at_ms, version)
VALUES ($1, $2, $3, 'receiving', $4, $5, $6);

INSERT INTO transfer_file (insurer_number, sequence, name, kind, sha256, lines_done,
taken, unchanged, refused, complete, version)
VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 1);

INSERT INTO transfer_finding (insurer_number, sequence, file, line, number, column_name, rule, value_class, mend) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

INSERT INTO transfer_seen (insurer_number, sequence, insured_number, kind, series) VALUES ($1, $2, $3, $4, $5);

INSERT INTO wrong_tries (subject, tries, next_try_at_ms, version)
VALUES ($1, $2, $3, 1);

SELECT CAST(coalesce(sum(tries), 0) AS BIGINT)
FROM rate
WHERE subject = $1 AND window_start >= $2
LIMIT 1;

SELECT COUNT(*)
FROM notice
WHERE organisation = $1 AND read_at_ms IS NULL
LIMIT 1;

SELECT COUNT(*)
FROM objection
WHERE insurer_number = $1 AND answered_at_ms IS NULL
LIMIT 1;

SELECT COUNT(*), CAST(coalesce(sum(p.consented), 0) AS BIGINT)
FROM (SELECT d.insured_number,
MAX(CASE WHEN EXISTS
(SELECT 1 FROM consent c
WHERE c.insurer_number = d.insurer_number
AND c.insured_number = d.insured_number
AND c.withdrawn_at_ms IS NULL
AND c.generation <=
(SELECT generation FROM insurer WHERE number = $1))
THEN 1 ELSE 0 END) AS consented
FROM document d
WHERE d.insurer_number = $1 AND d.kind = 'insured_certificate'
AND d.deleted = 0 AND d.valid_from <= $2 AND d.valid_until >= $2
AND d.generation <= (SELECT generation FROM insurer WHERE number = $1)
AND d.version = (SELECT max(n.version) FROM document n
WHERE n.insurer_number = d.insurer_number
AND n.insured_number = d.insured_number
AND n.kind = d.kind AND n.series = d.series
AND n.generation <=
(SELECT generation FROM insurer
WHERE number = $1))
GROUP BY d.insured_number) p
LIMIT 1;

SELECT DISTINCT insured_number
FROM insured_person
WHERE insurer_number = $1 AND insured_number > $2
AND generation <= (SELECT generation FROM insurer WHERE number = $1)
ORDER BY insured_number
LIMIT $3;

SELECT DISTINCT organisation
FROM membership
WHERE active = 1 AND organisation >= 'provider:' AND organisation < 'provider;'
ORDER BY organisation
LIMIT 500000;

SELECT a.id, a.login, a.name, a.mail, a.software, a.active, a.version,
m.organisation, m.level, m.job, m.writes_care_plans, m.active, m.version,
a.must_change,
CASE WHEN a.totp_secret IS NULL THEN 0 ELSE 1 END,
(SELECT MAX(s.seen_at_ms)
FROM session s
WHERE s.account_id = a.id AND s.organisation = m.organisation)
FROM membership m
JOIN account a ON a.id = m.account_id
WHERE m.organisation = $1 AND a.login > $2
ORDER BY a.login
LIMIT $3;

SELECT a.insured_number, a.id
FROM assignment a
WHERE a.insurer_number = $1 AND a.insured_number > $2 AND a.insured_number <= $3
AND a.ended_at_ms IS NULL AND a.id LIKE 'file-%'
LIMIT 1000000;

SELECT a.insurer_number, a.insured_number, a.id,
a.provider_number, a.identity_check,
(SELECT max(s.month) FROM service_use s
WHERE s.insurer_number = a.insurer_number
AND s.insured_number = a.insured_number
AND s.provider_number = a.provider_number
AND s.generation <= i.generation),
a.started_at_ms, a.ended_at_ms
FROM assignment a
JOIN insurer i ON i.number = a.insurer_number
WHERE a.provider_number = $1 AND a.ended_at_ms IS NULL
AND a.generation <= i.generation
ORDER BY a.insurer_number, a.insured_number, a.started_at_ms
LIMIT $2;

SELECT birth_date, sex, deleted
FROM insured_person
WHERE insurer_number = $1 AND insured_number = $2
AND generation <= (SELECT generation FROM insurer WHERE number = $1)
ORDER BY generation DESC
LIMIT 1;

SELECT c.generation, c.insured_number, c.series,
c.filed_on, c.survey_done_on, c.opinion_asked_on, c.opinion_received_on,
c.board_held_on, c.closed_on,
p.filed_on, p.survey_done_on, p.opinion_asked_on, p.opinion_received_on,
p.board_held_on, p.closed_on
FROM certification_step c
LEFT JOIN certification_step p
ON p.insurer_number = c.insurer_number AND p.insured_number = c.insured_number
AND p.series = c.series AND p.version = c.version - 1
WHERE c.insurer_number = $1
AND (c.generation, c.insured_number, c.series) > ($2, $3, $4) AND c.generation <= $5
ORDER BY c.generation, c.insured_number, c.series
LIMIT $6;

SELECT c.id, c.organisation, c.device_sha256, c.account_id, c.challenge, c.way,
c.stage, c.answer, c.refusal, c.made_at_ms, c.until_ms
FROM card_check c
JOIN device d ON d.sha256 = c.device_sha256
WHERE d.organisation = $1 AND d.device_id = $2 AND c.stage = 'waiting'
AND c.until_ms > $3
ORDER BY c.made_at_ms DESC, c.id DESC
LIMIT 1;

SELECT c.insured_number, c.filed_on, c.survey_done_on, c.opinion_asked_on,
c.opinion_received_on, c.opinion_provider, c.board_planned_on, c.board_held_on
FROM certification_step c
WHERE c.insurer_number = $1 AND c.closed_on IS NULL
AND c.generation <= (SELECT generation FROM insurer WHERE number = $1)
AND c.version = (SELECT max(n.version) FROM certification_step n
WHERE n.insurer_number = c.insurer_number
AND n.insured_number = c.insured_number
AND n.series = c.series
AND n.generation <=
(SELECT generation FROM insurer WHERE number = $1))
ORDER BY c.filed_on, c.insured_number
LIMIT $2;

SELECT c.insured_number, c.id
FROM consent c
WHERE c.insurer_number = $1 AND c.insured_number > $2 AND c.insured_number <= $3
AND c.withdrawn_at_ms IS NULL AND c.id LIKE 'file-%'
LIMIT 1000000;

SELECT closed_because
FROM event_head
WHERE id = 1
LIMIT 1;

SELECT closed_on, survey_cases, survey_days, opinion_cases, opinion_days,
board_cases, board_days, total_cases, total_days
FROM certification_day
WHERE insurer_number = $1 AND closed_on > $2
LIMIT 100000;

SELECT d.insured_number, d.generation, d.deleted, d.digest FROM insured_person d WHERE d.insured_number = $2 AND d.insurer_number = $1;

SELECT d.insured_number, d.id, d.generation, d.provider_number, d.started_at_ms, d.ended_at_ms FROM assignment d WHERE d.insured_number = $2 AND d.insurer_number = $1 AND d.identity_check = 'opinion_request';

SELECT d.insured_number, d.id, d.generation, d.withdrawn_at_ms, d.withdrawn_by, d.body FROM consent d WHERE d.insured_number = $2 AND d.insurer_number = $1;

SELECT d.insured_number, d.provider_number, d.month FROM service_use d WHERE d.insured_number = $2 AND d.insurer_number = $1;

SELECT d.insured_number, d.series, d.version, d.generation, d.deleted, d.digest FROM document d WHERE d.insured_number = $2 AND d.insurer_number = $1 AND d.kind = $3;

SELECT e.organisation, MAX(p.name), COUNT(*), COUNT(DISTINCT e.insured_number)
FROM event e
LEFT JOIN provider p ON p.number = substr(e.organisation, 10)
WHERE e.insurer_number = $1 AND e.at_ms >= $2 AND e.at_ms < $3
AND e.action IN ('look', 'print', 'export') AND e.insured_number <> ''
GROUP BY e.organisation
ORDER BY COUNT(*) DESC, e.organisation
LIMIT $4;

SELECT file, line, number, column_name, rule, value_class, mend
FROM transfer_finding
WHERE insurer_number = $1 AND sequence = $2
AND (file > $3 OR (file = $3 AND (line > $4 OR (line = $4 AND number > $5))))
ORDER BY file, line, number
LIMIT $6;

SELECT id
FROM assignment
WHERE provider_number = $1
LIMIT 1;

SELECT id
FROM card_check
WHERE device_sha256 = $1 AND stage IN ('found', 'used')
LIMIT 1;

SELECT id, code, params, made_at_ms, read_at_ms
FROM notice
WHERE organisation = $1
ORDER BY made_at_ms DESC, id
LIMIT $2;

SELECT id, insurer_number, insured_number, account_id, reason, opened_at_ms,
until_ms, reviewed_at_ms
FROM emergency
WHERE provider_number = $1
ORDER BY CASE WHEN reviewed_at_ms IS NULL THEN 0 ELSE 1 END, opened_at_ms DESC
LIMIT $2;

SELECT id, login, name, mail, software, active, version, password_hash,
must_change, totp_secret, totp_candidate, totp_last_step, recovery
FROM account
WHERE id = $1
LIMIT 1;

SELECT id, login, name, mail, software, active, version, password_hash,
must_change, totp_secret, totp_candidate, totp_last_step, recovery
FROM account
WHERE login = $1
LIMIT 1;

SELECT id, organisation, device_sha256, account_id, challenge, way, stage, answer,
refusal, made_at_ms, until_ms
FROM card_check
WHERE device_sha256 = $1 AND account_id = $2
ORDER BY made_at_ms DESC, CASE stage WHEN 'used' THEN 1 ELSE 0 END, id
LIMIT 1;

SELECT insured_number, generation, deleted
FROM insured_person
WHERE insurer_number = $1 AND insured_number > $2 AND insured_number <= $3
LIMIT 1000000;

SELECT insured_number, id, event_seq, note, made_at_ms, answered_at_ms, answer,
version
FROM objection
WHERE insurer_number = $1
ORDER BY CASE WHEN answered_at_ms IS NULL THEN 0 ELSE 1 END, made_at_ms DESC
LIMIT $2;

SELECT insured_number, id, event_seq, note, made_at_ms, answered_at_ms, answer,
version
FROM objection
WHERE insurer_number = $1 AND insured_number = $2
ORDER BY made_at_ms DESC, id
LIMIT $3;

SELECT insured_number, kind, series
FROM transfer_seen
WHERE insurer_number = $1 AND sequence = $2
AND insured_number > $3 AND insured_number <= $4
LIMIT 1000000;

SELECT insured_number, kind, series, version, deleted
FROM document
WHERE insurer_number = $1 AND insured_number > $2 AND insured_number <= $3
LIMIT 1000000;

SELECT insured_number, series
FROM transfer_seen
WHERE insurer_number = $1 AND sequence = $2 AND insured_number = ''
AND kind = $3
LIMIT 100;

SELECT insurer_number, id, reason, opened_by, opened_at_ms, until_ms
FROM disaster
ORDER BY until_ms DESC, id
LIMIT $1;

SELECT insurer_number, insured_number, id, code_until_ms, delegate_digest,
invited_at_ms, accepted_at_ms, ended_at_ms, body, version
FROM delegate
WHERE code_digest = $1
LIMIT 1;

SELECT insurer_number, insured_number, id, code_until_ms, delegate_digest,
invited_at_ms, accepted_at_ms, ended_at_ms, body, version
FROM delegate
WHERE delegate_digest = $1 AND ended_at_ms IS NULL
ORDER BY accepted_at_ms, id
LIMIT 50;

SELECT insurer_number, insured_number, id, code_until_ms, delegate_digest,
invited_at_ms, accepted_at_ms, ended_at_ms, body, version
FROM delegate
WHERE insurer_number = $1 AND insured_number = $2 AND ended_at_ms IS NULL
ORDER BY invited_at_ms DESC, id
LIMIT 50;

SELECT insurer_number, sequence, scope, state, generation, started_at_ms,
published_at_ms, version
FROM transfer
WHERE insurer_number = $1 AND sequence < $2
ORDER BY sequence DESC
LIMIT $3;

SELECT insurer_number, sequence, scope, state, generation, started_at_ms,
published_at_ms, version
FROM transfer
WHERE insurer_number = $1 AND state = $2
ORDER BY sequence DESC
LIMIT 1;

SELECT insurer_number, sequence, scope, state, transfer.generation, started_at_ms,
published_at_ms, transfer.version
FROM insurer
JOIN transfer
ON insurer_number = insurer.number
AND sequence = (SELECT MAX(newest.sequence)
FROM transfer AS newest
WHERE newest.insurer_number = insurer.number)
WHERE state = 'receiving'
ORDER BY started_at_ms, insurer_number
LIMIT $1;

SELECT insurer_number, wrapped
FROM insurer_key
ORDER BY insurer_number
LIMIT 1;

SELECT max(insured_number)
FROM (SELECT insured_number
FROM insured_person
WHERE insurer_number = $1 AND insured_number > $2
ORDER BY insured_number
LIMIT $3) page
LIMIT 1;

SELECT max(insured_number)
FROM (SELECT insured_number
FROM transfer_seen
WHERE insurer_number = $1 AND sequence = $2
ORDER BY insured_number
LIMIT 10000) page
LIMIT 1;

SELECT name, kind, sha256, lines_done, taken, unchanged, refused, complete
FROM transfer_file
WHERE insurer_number = $1 AND sequence = $2
ORDER BY name
LIMIT 100;

SELECT number, name, connected_since, not_connected_because, takes_consent,
generation, version
FROM insurer
ORDER BY number
LIMIT 5000;

SELECT number, name, connected_since, not_connected_because, takes_consent,
generation, version
FROM insurer
WHERE number = $1
LIMIT 1;

SELECT number, name, kana, is_medical, services, corporation_number,
corporation_name, address, phone, active, version
FROM provider
WHERE active = 1 AND name LIKE $1 ESCAPE '!' AND kana LIKE $2 ESCAPE '!'
ORDER BY kana, number
LIMIT $3;

SELECT number, name, kana, is_medical, services, corporation_number,
corporation_name, address, phone, active, version
FROM provider
WHERE corporation_number = $1
ORDER BY number
LIMIT 5000;

SELECT number, name, kana, is_medical, services, corporation_number,
corporation_name, address, phone, active, version
FROM provider
WHERE number = $1
LIMIT 1;

SELECT number, name, kana, is_medical, services, corporation_number,
corporation_name, address, phone, active, version
FROM provider
WHERE number >= $1 AND number <= $2
ORDER BY number
LIMIT $3;

SELECT number, name, kana, is_medical, services, corporation_number,
corporation_name, address, phone, active, version
FROM provider
WHERE number LIKE $1 ESCAPE '!' AND name LIKE $2 ESCAPE '!'
AND kana LIKE $3 ESCAPE '!'
ORDER BY kana, number
LIMIT $4;

SELECT organisation, level, job, writes_care_plans, active, version
FROM membership
WHERE account_id = $1
ORDER BY organisation
LIMIT 200;

SELECT organisation, level, job, writes_care_plans, active, version
FROM membership
WHERE account_id = $1 AND organisation = $2
LIMIT 1;

SELECT p.insured_number, p.generation, p.deleted, p.body
FROM insured_person p
WHERE p.insurer_number = $1 AND p.kana_key >= $2 AND p.kana_key < $3
AND p.generation = (SELECT max(n.generation) FROM insured_person n
WHERE n.insurer_number = p.insurer_number
AND n.insured_number = p.insured_number
AND n.generation <=
(SELECT generation FROM insurer WHERE number = $1))
ORDER BY p.kana_key, p.insured_number
LIMIT $4;

SELECT request_sha256, status, answer, made_at_ms
FROM idempotency
WHERE organisation = $1 AND key = $2
LIMIT 1;

SELECT rule, count(*)
FROM transfer_finding
WHERE insurer_number = $1 AND sequence = $2
GROUP BY rule
ORDER BY count(*) DESC, rule
LIMIT 100;

SELECT s.token_hash, s.stage, s.kind, s.account_id, s.organisation,
s.device_sha256, s.citizen, s.csrf, s.secret_hash, s.secret_until_ms,
s.family, s.created_at_ms, s.seen_at_ms, s.idle_ms, s.ends_at_ms,
a.name, a.active, m.level, m.job, m.writes_care_plans, m.active,
d.organisation, d.not_after_ms, d.revoked_at_ms,
dp.corporation_number, dp.active, i.name,
p.number, p.name, p.kana, p.is_medical, p.services, p.corporation_number,
p.corporation_name, p.address, p.phone, p.active
FROM session s
JOIN account a ON a.id = s.account_id
JOIN membership m ON m.account_id = s.account_id
AND m.organisation = s.organisation
JOIN device d ON d.sha256 = s.device_sha256
LEFT JOIN provider dp ON dp.number = d.organisation_number
LEFT JOIN insurer i ON i.number = s.organisation_number
LEFT JOIN provider p ON p.number = s.organisation_number
WHERE s.token_hash = $1 AND s.stage = 'open'
LIMIT 1;

SELECT seq, payload
FROM event
WHERE insurer_number = $1 AND insured_number = $2 AND seq < $3
ORDER BY seq DESC
LIMIT $4;

SELECT seq, payload
FROM event
WHERE seq >= $1
ORDER BY seq
LIMIT $2;

SELECT serial, revoked_at_ms
FROM device
WHERE revoked_at_ms >= $1
ORDER BY revoked_at_ms
LIMIT $2;

SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
revoked_at_ms, revoked_why
FROM device
WHERE organisation = $1
ORDER BY issued_at_ms DESC, sha256
LIMIT 1000;

SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
revoked_at_ms, revoked_why
FROM device
WHERE revoked_at_ms IS NOT NULL
ORDER BY revoked_at_ms, sha256
LIMIT $1;

SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
revoked_at_ms, revoked_why
FROM device
WHERE revoked_at_ms IS NULL AND not_after_ms >= $1 AND not_after_ms <= $2
ORDER BY not_after_ms, sha256
LIMIT $3;

SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
revoked_at_ms, revoked_why
FROM device
WHERE serial = $1
LIMIT 1;

SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
revoked_at_ms, revoked_why
FROM device
WHERE sha256 = $1
LIMIT 1;

SELECT size, peaks, root, at_ms, signature, closed_because,
oldest_schema
FROM event_head
WHERE id = 1;

SELECT step, cases, tenth_days
FROM insurer_average
WHERE insurer_number = $1
ORDER BY step
LIMIT 20;

SELECT token_hash, stage, kind, account_id, organisation, device_sha256, citizen,
csrf, secret_hash, secret_until_ms, family, created_at_ms, seen_at_ms,
idle_ms, ends_at_ms
FROM session
WHERE account_id = $1 AND stage = 'open' AND ends_at_ms > $2
AND seen_at_ms + idle_ms > $2
ORDER BY created_at_ms DESC, token_hash
LIMIT 100;

SELECT token_hash, stage, kind, account_id, organisation, device_sha256, citizen,
csrf, secret_hash, secret_until_ms, family, created_at_ms, seen_at_ms,
idle_ms, ends_at_ms
FROM session
WHERE secret_hash = $1
LIMIT 1;

SELECT token_hash, stage, kind, account_id, organisation, device_sha256, citizen,
csrf, secret_hash, secret_until_ms, family, created_at_ms, seen_at_ms,
idle_ms, ends_at_ms
FROM session
WHERE token_hash = $1
LIMIT 1;

SELECT tries, next_try_at_ms, version
FROM wrong_tries
WHERE subject = $1
LIMIT 1;

SELECT version, value, set_by, set_at_ms
FROM setting
WHERE name = $1
ORDER BY version DESC
LIMIT $2;

SELECT wrapped FROM insurer_key WHERE insurer_number = $1 LIMIT 1;

UPDATE account
SET name = $2, mail = $3, active = $4, version = version + 1
WHERE id = $1 AND version = $5;

UPDATE account
SET password_hash = $3, must_change = $4
WHERE id = $1 AND password_hash = $2;

UPDATE account
SET recovery = $3
WHERE id = $1 AND recovery = $2;

UPDATE account
SET totp_candidate = $2
WHERE id = $1;

UPDATE account
SET totp_last_step = $2
WHERE id = $1 AND totp_last_step < $2;

UPDATE account
SET totp_secret = NULL, totp_candidate = NULL, recovery = ''
WHERE id = $1;

UPDATE account
SET totp_secret = totp_candidate, totp_candidate = NULL,
totp_last_step = $3, recovery = $4
WHERE id = $1 AND totp_candidate = $2;

UPDATE assignment
SET ended_at_ms = $4, ended_by = $5, version = version + 1
WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
AND ended_at_ms IS NULL;

UPDATE assignment
SET ended_at_ms = $4, ended_by = 'insurer', version = version + 1
WHERE insurer_number = $1 AND ended_at_ms IS NULL
AND (insured_number, id) IN
(SELECT insured_number, series FROM transfer_seen
WHERE insurer_number = $1 AND sequence = $2 AND kind = $3);

UPDATE card_check
SET stage = 'found', answer = $2, version = version + 1
WHERE id = $1 AND stage = 'reading';

UPDATE card_check
SET stage = 'reading', version = version + 1
WHERE id = $1 AND stage = 'waiting' AND until_ms > $2;

UPDATE card_check
SET stage = 'refused', refusal = $2, version = version + 1
WHERE id = $1 AND stage = 'reading';

UPDATE card_check
SET stage = 'used', answer = NULL, version = version + 1
WHERE device_sha256 = $1 AND stage <> 'used';

UPDATE card_check
SET stage = 'used', answer = NULL, version = version + 1
WHERE id = $1 AND stage = 'found';

UPDATE consent
SET withdrawn_at_ms = $4, withdrawn_by = $5, version = version + 1
WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
AND withdrawn_at_ms IS NULL;

UPDATE consent
SET withdrawn_at_ms = $4, withdrawn_by = $5, version = version + 1
WHERE insurer_number = $1 AND withdrawn_at_ms IS NULL
AND (insured_number, id) IN
(SELECT insured_number, series FROM transfer_seen
WHERE insurer_number = $1 AND sequence = $2 AND kind = $3);

UPDATE delegate
SET delegate_digest = $4, accepted_at_ms = $5, version = version + 1
WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
AND accepted_at_ms IS NULL AND ended_at_ms IS NULL AND version = $6;

UPDATE delegate
SET ended_at_ms = $3, ended_by = $4, version = version + 1
WHERE insurer_number = $1 AND insured_number = $2 AND ended_at_ms IS NULL;

UPDATE delegate
SET ended_at_ms = $4, ended_by = $5, version = version + 1
WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
AND ended_at_ms IS NULL;

UPDATE device
SET revoked_at_ms = $2, revoked_why = $3
WHERE sha256 = $1 AND revoked_at_ms IS NULL;

UPDATE disaster
SET until_ms = $3
WHERE insurer_number = $1 AND id = $2 AND until_ms > $3;

UPDATE emergency
SET reviewed_at_ms = $4, reviewed_by = $5, review = $6, version = version + 1
WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
AND reviewed_at_ms IS NULL;

UPDATE event_head
SET closed_because = $1
WHERE id = 1 AND closed_because IS NULL;

UPDATE event_head
SET closed_because = NULL
WHERE id = 1 AND closed_because IS NOT NULL;

UPDATE event_head
SET size = $1, peaks = $2, root = $3, at_ms = $4, signature = $5
WHERE id = 1;

UPDATE idempotency
SET made_at_ms = $4
WHERE organisation = $1 AND key = $2 AND made_at_ms = $3 AND status = 0;

UPDATE idempotency
SET status = $4
WHERE organisation = $1 AND key = $2 AND made_at_ms = $3 AND status IN (0, 1);

UPDATE idempotency
SET status = $4, answer = $5
WHERE organisation = $1 AND key = $2 AND made_at_ms = $3 AND status IN (0, 1);

UPDATE insurer
SET connected_since = coalesce(connected_since, $2), not_connected_because = NULL
WHERE number = $1 AND (connected_since IS NULL OR not_connected_because IS NOT NULL);

UPDATE insurer
SET generation = $3
WHERE number = $1 AND generation = $2;

UPDATE insurer
SET name = $2, connected_since = $3, not_connected_because = $4,
takes_consent = $5, version = version + 1
WHERE number = $1 AND version = $6;

UPDATE membership
SET level = $3, job = $4, writes_care_plans = $5, active = $6, version = version + 1
WHERE account_id = $1 AND organisation = $2 AND version = $7;

UPDATE notice
SET read_at_ms = $2
WHERE organisation = $1 AND read_at_ms IS NULL AND made_at_ms <= $2;

UPDATE objection
SET answered_at_ms = $4, answer = $5, version = version + 1
WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
AND answered_at_ms IS NULL;

UPDATE protection_block
SET lifted_at_ms = $4, lifted_by = $5, lifted_note = $6, version = version + 1
WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
AND lifted_at_ms IS NULL;

UPDATE provider
SET name = $2, kana = $3, is_medical = $4, services = $5, corporation_number = $6,
corporation_name = $7, address = $8, phone = $9, active = $10,
version = version + 1
WHERE number = $1 AND version = $11;

UPDATE session
SET citizen = $2
WHERE token_hash = $1 AND kind = 'citizen' AND stage = 'open';

UPDATE session
SET organisation = $2, organisation_number = $3
WHERE token_hash = $1 AND stage = 'open';

UPDATE session
SET secret_hash = $2, secret_until_ms = $3
WHERE token_hash = $1 AND stage = 'pending';

UPDATE session
SET seen_at_ms = $2
WHERE token_hash = $1 AND seen_at_ms < $2;

UPDATE session
SET stage = 'ended'
WHERE account_id = $1 AND organisation = $2 AND stage <> 'ended';

UPDATE session
SET stage = 'ended'
WHERE account_id = $1 AND stage <> 'ended' AND token_hash <> $2;

UPDATE session
SET stage = 'ended'
WHERE device_sha256 = $1 AND stage <> 'ended';

UPDATE session
SET stage = 'ended'
WHERE family = $1 AND account_id = $2 AND stage <> 'ended';

UPDATE session
SET stage = 'ended'
WHERE token_hash = $1 AND account_id = $2 AND stage <> 'ended';

UPDATE session
SET stage = 'ended'
WHERE token_hash = $1 AND stage = $2;

UPDATE transfer
SET state = 'failed', version = version + 1
WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving';

UPDATE transfer
SET state = 'published', published_at_ms = $4, version = version + 1
WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving';

UPDATE transfer
SET version = version
WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving';

UPDATE transfer
SET version = version + 1
WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving';

UPDATE transfer_file
SET lines_done = $4, taken = $5, unchanged = $6, refused = $7, complete = $8,
version = version + 1
WHERE insurer_number = $1 AND sequence = $2 AND name = $3;

UPDATE wrong_tries
SET tries = $2, next_try_at_ms = $3, version = version + 1
WHERE subject = $1 AND version = $4;

UPDATE wrong_tries
SET tries = 0, next_try_at_ms = 0, version = version + 1
WHERE subject = $1;

UPDATE wrong_tries
SET tries = tries - 1, next_try_at_ms = 0, version = version + 1
WHERE subject = $1 AND tries > 0;

WITH published AS (SELECT generation FROM insurer WHERE number = $1)
SELECT 'insurer', number, name, connected_since, not_connected_because, CAST(NULL AS TEXT),
takes_consent, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BYTEA)
FROM insurer
WHERE number = $1
UNION ALL
SELECT 'person', NULL, NULL, NULL, NULL, NULL, NULL, p.generation, p.deleted, p.body
FROM (SELECT generation, deleted, body
FROM insured_person
WHERE insurer_number = $1 AND insured_number = $2
AND generation <= (SELECT generation FROM published)
AND received_at_ms <= $3
ORDER BY generation DESC
LIMIT 1) p
UNION ALL
SELECT 'average', step, NULL, NULL, NULL, NULL, cases, tenth_days, NULL, NULL
FROM insurer_average
WHERE insurer_number = $1
UNION ALL
SELECT 'disaster', NULL, NULL, NULL, NULL, NULL, until_ms, NULL, NULL, NULL
FROM disaster
WHERE insurer_number = $1 AND opened_at_ms <= $3 AND until_ms > $3
UNION ALL
SELECT 'emergency', account_id, NULL, NULL, NULL, NULL, until_ms, NULL, NULL, NULL
FROM emergency
WHERE insurer_number = $1 AND insured_number = $2 AND until_ms > $3
UNION ALL
SELECT 'assignment', p.name, a.id, a.provider_number, a.identity_check,
(SELECT max(s.month) FROM service_use s
WHERE s.insurer_number = a.insurer_number AND s.insured_number = a.insured_number
AND s.provider_number = a.provider_number
AND s.generation <= (SELECT generation FROM published)),
a.started_at_ms, a.ended_at_ms, NULL, NULL
FROM assignment a
LEFT JOIN provider p ON p.number = a.provider_number
WHERE a.insurer_number = $1 AND a.insured_number = $2
AND a.generation <= (SELECT generation FROM published)
UNION ALL
SELECT 'consent', id, withdrawn_by, NULL, NULL, NULL, withdrawn_at_ms, NULL, NULL, body
FROM consent
WHERE insurer_number = $1 AND insured_number = $2
AND generation <= (SELECT generation FROM published)
UNION ALL
SELECT 'block', b.id, b.provider_number, p.name, b.reason, NULL, b.blocked_at_ms,
b.lifted_at_ms, NULL, b.note
FROM protection_block b
LEFT JOIN provider p ON p.number = b.provider_number
WHERE b.insurer_number = $1 AND b.insured_number = $2
UNION ALL
SELECT 'document', kind, series, author, valid_from, valid_until, version, received_at_ms,
deleted, body
FROM document
WHERE insurer_number = $1 AND insured_number = $2
AND generation <= (SELECT generation FROM published)
LIMIT 4000;
