BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE aliases (
	name VARCHAR(200) NOT NULL, 
	unit_id INTEGER NOT NULL, 
	CONSTRAINT pk_aliases PRIMARY KEY (name), 
	CONSTRAINT fk_aliases_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id) ON DELETE CASCADE
);
INSERT INTO "aliases" VALUES('aliases 1 ''第1项''',1);
INSERT INTO "aliases" VALUES('aliases 2 ''第2项''',2);
CREATE TABLE answers (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	text TEXT NOT NULL, 
	undone_at DATETIME, 
	CONSTRAINT pk_answers PRIMARY KEY (id), 
	CONSTRAINT fk_answers_person_id_people FOREIGN KEY(person_id) REFERENCES people (id)
);
INSERT INTO "answers" VALUES(1,1,'2018-07-21 02:30:00.000000','answers 1 ''第1项''','2018-07-21 02:30:00.000000');
INSERT INTO "answers" VALUES(2,2,'2018-07-22 02:30:00.000000','answers 2 ''第2项''',NULL);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor TEXT NOT NULL, 
	act VARCHAR(32) NOT NULL, 
	object VARCHAR(64) NOT NULL, 
	detail JSON NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2018-07-21 02:30:00.000000','audit 1 ''第1项''','audit 1 ''第1项''','audit 1 ''第1项''','{"n": 1, "words": "\u7763\u529e"}');
INSERT INTO "audit" VALUES(2,'2018-07-22 02:30:00.000000','audit 2 ''第2项''','audit 2 ''第2项''','audit 2 ''第2项''','{"n": 2, "words": "\u7763\u529e"}');
CREATE TABLE collectives (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	ignored BOOLEAN NOT NULL, 
	CONSTRAINT pk_collectives PRIMARY KEY (id), 
	CONSTRAINT uq_collectives_name UNIQUE (name)
);
INSERT INTO "collectives" VALUES(1,'collectives 1 ''第1项''',1);
INSERT INTO "collectives" VALUES(2,'collectives 2 ''第2项''',0);
CREATE TABLE deadlines (
	id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	text TEXT NOT NULL, 
	span_start INTEGER NOT NULL, 
	span_end INTEGER NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	rule VARCHAR(64) NOT NULL, 
	due DATE, 
	time TIME, 
	start DATE, 
	amount INTEGER, 
	unit VARCHAR(16), 
	"trigger" TEXT, 
	rrule TEXT, 
	was_due DATE, 
	gone BOOLEAN NOT NULL, 
	CONSTRAINT pk_deadlines PRIMARY KEY (id), 
	CONSTRAINT fk_deadlines_item_id_items FOREIGN KEY(item_id) REFERENCES items (id) ON DELETE CASCADE
);
INSERT INTO "deadlines" VALUES(1,1,'deadlines 1 ''第1项','deadlines 1 ''第1项''',1,1,'deadlines 1 ''第1项','deadlines 1 ''第1项''','2018-08-19','18:00:00.000000','2018-08-19',1,'deadlines 1 ''第1项','deadlines 1 ''第1项''','deadlines 1 ''第1项''','2018-08-19',1);
INSERT INTO "deadlines" VALUES(2,2,'deadlines 2 ''第2项','deadlines 2 ''第2项''',2,2,'deadlines 2 ''第2项','deadlines 2 ''第2项''',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
CREATE TABLE dialogs (
	person_id INTEGER NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	facts JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_dialogs PRIMARY KEY (person_id), 
	CONSTRAINT fk_dialogs_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO "dialogs" VALUES(1,'dialogs 1 ''第1项''','{"n": 1, "words": "\u7763\u529e"}','2018-07-21 02:30:00.000000');
INSERT INTO "dialogs" VALUES(2,'dialogs 2 ''第2项''','{"n": 2, "words": "\u7763\u529e"}','2018-07-22 02:30:00.000000');
CREATE TABLE documents (
	id INTEGER NOT NULL, 
	plan_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	body BLOB NOT NULL, 
	at DATETIME NOT NULL, 
	"by" TEXT NOT NULL, 
	CONSTRAINT pk_documents PRIMARY KEY (id), 
	CONSTRAINT fk_documents_plan_id_plans FOREIGN KEY(plan_id) REFERENCES plans (id) ON DELETE CASCADE, 
	CONSTRAINT uq_documents_sha256 UNIQUE (sha256)
);
INSERT INTO "documents" VALUES(1,1,'documents 1 ''第1项''','documents 1 ''第1项''',X'646F63756D656E74732031','2018-07-21 02:30:00.000000','documents 1 ''第1项''');
INSERT INTO "documents" VALUES(2,2,'documents 2 ''第2项''','documents 2 ''第2项''',X'646F63756D656E74732032','2018-07-22 02:30:00.000000','documents 2 ''第2项''');
CREATE TABLE drafts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	person_id INTEGER, 
	sha256 VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	body BLOB, 
	year INTEGER, 
	issued DATE, 
	decisions JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT fk_drafts_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT uq_drafts_person_id_sha256 UNIQUE (person_id, sha256)
);
INSERT INTO "drafts" VALUES(1,1,'drafts 1 ''第1项''','drafts 1 ''第1项''',X'6472616674732031',1,'2018-08-19','{"n": 1, "words": "\u7763\u529e"}','2018-07-21 02:30:00.000000');
INSERT INTO "drafts" VALUES(2,NULL,'drafts 2 ''第2项''','drafts 2 ''第2项''',NULL,NULL,NULL,'{"n": 2, "words": "\u7763\u529e"}','2018-07-22 02:30:00.000000');
CREATE TABLE duties (
	id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	collective BOOLEAN NOT NULL, 
	alias TEXT, 
	CONSTRAINT pk_duties PRIMARY KEY (id), 
	CONSTRAINT fk_duties_item_id_items FOREIGN KEY(item_id) REFERENCES items (id) ON DELETE CASCADE
);
INSERT INTO "duties" VALUES(1,1,1,'duties 1 ''第1项''','duties 1 ''第1项''',1,'duties 1 ''第1项''');
INSERT INTO "duties" VALUES(2,2,2,'duties 2 ''第2项''','duties 2 ''第2项''',0,NULL);
CREATE TABLE events (
	id INTEGER NOT NULL, 
	deadline_id INTEGER NOT NULL, 
	unit_id INTEGER, 
	at DATETIME NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	"by" TEXT NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (id), 
	CONSTRAINT fk_events_deadline_id_deadlines FOREIGN KEY(deadline_id) REFERENCES deadlines (id) ON DELETE CASCADE, 
	CONSTRAINT fk_events_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id)
);
INSERT INTO "events" VALUES(1,1,1,'2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000','events 1 ''第1项''');
INSERT INTO "events" VALUES(2,2,NULL,'2018-07-22 02:30:00.000000','2018-07-22 02:30:00.000000','events 2 ''第2项''');
CREATE TABLE extensions (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	report_id INTEGER, 
	asked DATE, 
	reason TEXT NOT NULL, 
	asked_at DATETIME NOT NULL, 
	verdict VARCHAR(16), 
	granted DATE, 
	old_due DATE NOT NULL, 
	decided_at DATETIME, 
	decided_by TEXT, 
	CONSTRAINT pk_extensions PRIMARY KEY (id), 
	CONSTRAINT fk_extensions_report_id_reports FOREIGN KEY(report_id) REFERENCES reports (id), 
	CONSTRAINT fk_extensions_task_id_tasks FOREIGN KEY(task_id) REFERENCES tasks (id)
);
INSERT INTO "extensions" VALUES(1,1,1,'2018-08-19','extensions 1 ''第1项''','2018-07-21 02:30:00.000000','extensions 1 ''第1','2018-08-19','2018-08-19','2018-07-21 02:30:00.000000','extensions 1 ''第1项''');
INSERT INTO "extensions" VALUES(2,2,NULL,NULL,'extensions 2 ''第2项''','2018-07-22 02:30:00.000000',NULL,NULL,'2018-09-18',NULL,NULL);
CREATE TABLE heads (
	plain VARCHAR(200) NOT NULL, 
	meaning VARCHAR(16) NOT NULL, 
	"by" TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_heads PRIMARY KEY (plain)
);
INSERT INTO "heads" VALUES('heads 1 ''第1项''','heads 1 ''第1项''','heads 1 ''第1项''','2018-07-21 02:30:00.000000');
INSERT INTO "heads" VALUES('heads 2 ''第2项''','heads 2 ''第2项''','heads 2 ''第2项''','2018-07-22 02:30:00.000000');
CREATE TABLE inbox (
	id INTEGER NOT NULL, 
	transport VARCHAR(16) NOT NULL, 
	update_key VARCHAR(64) NOT NULL, 
	body JSON NOT NULL, 
	at DATETIME NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	tries INTEGER NOT NULL, 
	error TEXT, 
	handled_at DATETIME, 
	CONSTRAINT pk_inbox PRIMARY KEY (id), 
	CONSTRAINT uq_inbox_transport_update_key UNIQUE (transport, update_key)
);
INSERT INTO "inbox" VALUES(1,'inbox 1 ''第1项''','inbox 1 ''第1项''','{"n": 1, "words": "\u7763\u529e"}','2018-07-21 02:30:00.000000','inbox 1 ''第1项''',1,'inbox 1 ''第1项''','2018-07-21 02:30:00.000000');
INSERT INTO "inbox" VALUES(2,'inbox 2 ''第2项''','inbox 2 ''第2项''','{"n": 2, "words": "\u7763\u529e"}','2018-07-22 02:30:00.000000','inbox 2 ''第2项''',2,NULL,NULL);
CREATE TABLE invites (
	id INTEGER NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	post VARCHAR(16) NOT NULL, 
	unit_id INTEGER, 
	name TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	used_by INTEGER, 
	CONSTRAINT pk_invites PRIMARY KEY (id), 
	CONSTRAINT fk_invites_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id) ON DELETE CASCADE, 
	CONSTRAINT fk_invites_used_by_people FOREIGN KEY(used_by) REFERENCES people (id) ON DELETE SET NULL, 
	CONSTRAINT uq_invites_token_hash UNIQUE (token_hash)
);
INSERT INTO "invites" VALUES(1,'invites 1 ''第1项''','invites 1 ''第1项''',1,'invites 1 ''第1项''','2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000',1);
INSERT INTO "invites" VALUES(2,'invites 2 ''第2项''','invites 2 ''第2项''',NULL,'invites 2 ''第2项''','2018-07-22 02:30:00.000000','2018-07-22 02:30:00.000000',NULL,NULL);
CREATE TABLE items (
	id INTEGER NOT NULL, 
	plan_id INTEGER NOT NULL, 
	no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	heading TEXT NOT NULL, 
	subheading TEXT NOT NULL, 
	requirement TEXT, 
	given BOOLEAN NOT NULL, 
	place TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	reason TEXT, 
	policy JSON NOT NULL, origins JSON DEFAULT '[]' NOT NULL, 
	CONSTRAINT pk_items PRIMARY KEY (id), 
	CONSTRAINT fk_items_plan_id_plans FOREIGN KEY(plan_id) REFERENCES plans (id) ON DELETE CASCADE
);
INSERT INTO "items" VALUES(1,1,1,1,'items 1 ''第1项''','items 1 ''第1项''','items 1 ''第1项''',1,'items 1 ''第1项''','items 1 ''第1项''','items 1 ''第1项''','{"n": 1, "words": "\u7763\u529e"}','[]');
INSERT INTO "items" VALUES(2,2,2,2,'items 2 ''第2项''','items 2 ''第2项''',NULL,0,'items 2 ''第2项''','items 2 ''第2项''',NULL,'{"n": 2, "words": "\u7763\u529e"}','[]');
CREATE TABLE local_messages (
	id INTEGER NOT NULL, 
	chat VARCHAR(64) NOT NULL, 
	side VARCHAR(8) NOT NULL, 
	html TEXT NOT NULL, 
	buttons JSON NOT NULL, 
	file_name TEXT, 
	file_body BLOB, 
	at DATETIME NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_local_messages PRIMARY KEY (id)
);
INSERT INTO "local_messages" VALUES(1,'local_messages 1 ''第1项''','local_me','local_messages 1 ''第1项''','[]','local_messages 1 ''第1项''',X'6C6F63616C5F6D657373616765732031','2018-07-21 02:30:00.000000',1);
INSERT INTO "local_messages" VALUES(2,'local_messages 2 ''第2项''','local_me','local_messages 2 ''第2项''','[]',NULL,NULL,'2018-07-22 02:30:00.000000',2);
CREATE TABLE local_users (
	id VARCHAR(32) NOT NULL, 
	secret_hash VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_local_users PRIMARY KEY (id), 
	CONSTRAINT uq_local_users_secret_hash UNIQUE (secret_hash)
);
INSERT INTO "local_users" VALUES('local_users 1 ''第1项''','local_users 1 ''第1项''','2018-07-21 02:30:00.000000');
INSERT INTO "local_users" VALUES('local_users 2 ''第2项''','local_users 2 ''第2项''','2018-07-22 02:30:00.000000');
CREATE TABLE members (
	collective_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	CONSTRAINT pk_members PRIMARY KEY (collective_id, unit_id), 
	CONSTRAINT fk_members_collective_id_collectives FOREIGN KEY(collective_id) REFERENCES collectives (id) ON DELETE CASCADE, 
	CONSTRAINT fk_members_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id) ON DELETE CASCADE
);
INSERT INTO "members" VALUES(1,1);
INSERT INTO "members" VALUES(2,2);
CREATE TABLE meta (
	"key" VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('meta 1 ''第1项''','meta 1 ''第1项''');
INSERT INTO "meta" VALUES('meta 2 ''第2项''','meta 2 ''第2项''');
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	person_id INTEGER, 
	transport VARCHAR(16), 
	chat VARCHAR(64), 
	facts JSON NOT NULL, 
	urgent BOOLEAN NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	due_at DATETIME NOT NULL, 
	lease_until DATETIME, 
	tries INTEGER NOT NULL, 
	again BOOLEAN NOT NULL, 
	error TEXT, 
	text TEXT, 
	message_ref VARCHAR(64), 
	sent_at DATETIME, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT fk_outbox_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL, 
	CONSTRAINT uq_outbox_key UNIQUE ("key")
);
INSERT INTO "outbox" VALUES(1,'outbox 1 ''第1项''','outbox 1 ''第1项''',1,'outbox 1 ''第1项''','outbox 1 ''第1项''','{"n": 1, "words": "\u7763\u529e"}',1,'outbox 1 ''第1项''','2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000',1,1,'outbox 1 ''第1项''','outbox 1 ''第1项''','outbox 1 ''第1项''','2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000');
INSERT INTO "outbox" VALUES(2,'outbox 2 ''第2项''','outbox 2 ''第2项''',NULL,NULL,NULL,'{"n": 2, "words": "\u7763\u529e"}',0,'outbox 2 ''第2项''','2018-07-22 02:30:00.000000',NULL,2,0,NULL,NULL,NULL,NULL,'2018-07-22 02:30:00.000000');
CREATE TABLE people (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	transport VARCHAR(16) NOT NULL, 
	chat_user VARCHAR(64) NOT NULL, 
	chat VARCHAR(64) NOT NULL, 
	coordinator BOOLEAN NOT NULL, 
	reachable BOOLEAN NOT NULL, 
	bound_at DATETIME NOT NULL, 
	left_at DATETIME, 
	CONSTRAINT pk_people PRIMARY KEY (id), 
	CONSTRAINT uq_people_transport_chat_user UNIQUE (transport, chat_user)
);
INSERT INTO "people" VALUES(1,'people 1 ''第1项''','people 1 ''第1项''','people 1 ''第1项''','people 1 ''第1项''',1,1,'2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000');
INSERT INTO "people" VALUES(2,'people 2 ''第2项''','people 2 ''第2项''','people 2 ''第2项''','people 2 ''第2项''',0,0,'2018-07-22 02:30:00.000000',NULL);
CREATE TABLE periods (
	id INTEGER NOT NULL, 
	plan_id INTEGER NOT NULL, 
	deadline_id INTEGER, 
	due DATE NOT NULL, 
	closing BOOLEAN NOT NULL, 
	opens_at DATETIME NOT NULL, 
	opened_at DATETIME, 
	CONSTRAINT pk_periods PRIMARY KEY (id), 
	CONSTRAINT fk_periods_deadline_id_deadlines FOREIGN KEY(deadline_id) REFERENCES deadlines (id) ON DELETE CASCADE, 
	CONSTRAINT fk_periods_plan_id_plans FOREIGN KEY(plan_id) REFERENCES plans (id) ON DELETE CASCADE, 
	CONSTRAINT uq_periods_plan_id_deadline_id_due UNIQUE (plan_id, deadline_id, due)
);
INSERT INTO "periods" VALUES(1,1,1,'2018-08-19',1,'2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000');
INSERT INTO "periods" VALUES(2,2,NULL,'2018-09-18',0,'2018-07-22 02:30:00.000000',NULL);
CREATE TABLE plans (
	id INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	year INTEGER, 
	issued DATE, 
	state VARCHAR(16) NOT NULL, 
	quotable BOOLEAN NOT NULL, 
	disclosure VARCHAR(16), 
	cadence VARCHAR(16) NOT NULL, 
	policy JSON NOT NULL, 
	imported_at DATETIME NOT NULL, 
	activated_at DATETIME, 
	CONSTRAINT pk_plans PRIMARY KEY (id)
);
INSERT INTO "plans" VALUES(1,'plans 1 ''第1项''',1,'2018-08-19','plans 1 ''第1项''',1,'plans 1 ''第1项''','plans 1 ''第1项''','{"n": 1, "words": "\u7763\u529e"}','2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000');
INSERT INTO "plans" VALUES(2,'plans 2 ''第2项''',NULL,NULL,'plans 2 ''第2项''',0,NULL,'plans 2 ''第2项''','{"n": 2, "words": "\u7763\u529e"}','2018-07-22 02:30:00.000000',NULL);
CREATE TABLE posts (
	person_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	post VARCHAR(16) NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT pk_posts PRIMARY KEY (person_id, unit_id, post), 
	CONSTRAINT fk_posts_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT fk_posts_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id) ON DELETE CASCADE
);
INSERT INTO "posts" VALUES(1,1,'posts 1 ''第1项''',1);
INSERT INTO "posts" VALUES(2,2,'posts 2 ''第2项''',2);
CREATE TABLE questions (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	item_id INTEGER, 
	kind VARCHAR(16) NOT NULL, 
	text TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	settled_at DATETIME, 
	CONSTRAINT pk_questions PRIMARY KEY (id), 
	CONSTRAINT fk_questions_item_id_items FOREIGN KEY(item_id) REFERENCES items (id), 
	CONSTRAINT fk_questions_person_id_people FOREIGN KEY(person_id) REFERENCES people (id)
);
INSERT INTO "questions" VALUES(1,1,1,'questions 1 ''第1项','questions 1 ''第1项''','2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000');
INSERT INTO "questions" VALUES(2,2,NULL,'questions 2 ''第2项','questions 2 ''第2项''','2018-07-22 02:30:00.000000',NULL);
CREATE TABLE reports (
	id INTEGER NOT NULL, 
	answer_id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	percent INTEGER, 
	date DATE, 
	text TEXT NOT NULL, 
	evidence JSON NOT NULL, 
	"before" JSON NOT NULL, 
	CONSTRAINT pk_reports PRIMARY KEY (id), 
	CONSTRAINT fk_reports_answer_id_answers FOREIGN KEY(answer_id) REFERENCES answers (id), 
	CONSTRAINT fk_reports_task_id_tasks FOREIGN KEY(task_id) REFERENCES tasks (id)
);
INSERT INTO "reports" VALUES(1,1,1,'reports 1 ''第1项''',1,'2018-08-19','reports 1 ''第1项''','[]','{"n": 1, "words": "\u7763\u529e"}');
INSERT INTO "reports" VALUES(2,2,2,'reports 2 ''第2项''',NULL,NULL,'reports 2 ''第2项''','[]','{"n": 2, "words": "\u7763\u529e"}');
CREATE TABLE tasks (
	id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	deadline_id INTEGER, 
	event_id INTEGER, 
	period_id INTEGER, 
	due DATE NOT NULL, 
	time TIME, 
	ask_by DATE, 
	original_due DATE NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	percent INTEGER, 
	blocked BOOLEAN NOT NULL, 
	blocked_at DATETIME, 
	extension_requested BOOLEAN NOT NULL, 
	awaiting_signoff BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	received_at DATETIME, 
	announced_at DATETIME, 
	reported_at DATETIME, 
	closed_at DATETIME, 
	next_at DATETIME, 
	said_until DATE, 
	copied_on DATE, 
	CONSTRAINT pk_tasks PRIMARY KEY (id), 
	CONSTRAINT fk_tasks_deadline_id_deadlines FOREIGN KEY(deadline_id) REFERENCES deadlines (id), 
	CONSTRAINT fk_tasks_event_id_events FOREIGN KEY(event_id) REFERENCES events (id), 
	CONSTRAINT fk_tasks_item_id_items FOREIGN KEY(item_id) REFERENCES items (id) ON DELETE CASCADE, 
	CONSTRAINT fk_tasks_period_id_periods FOREIGN KEY(period_id) REFERENCES periods (id), 
	CONSTRAINT fk_tasks_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id)
);
INSERT INTO "tasks" VALUES(1,1,1,'tasks 1 ''第1项''','tasks 1 ''第1项''',1,1,1,'2018-08-19','18:00:00.000000','2018-08-19','2018-08-19','tasks 1 ''第1项''',1,1,'2018-07-21 02:30:00.000000',1,1,'2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000','2018-07-21 02:30:00.000000','2018-08-19','2018-08-19');
INSERT INTO "tasks" VALUES(2,2,2,'tasks 2 ''第2项''','tasks 2 ''第2项''',NULL,NULL,NULL,'2018-09-18',NULL,NULL,'2018-09-18','tasks 2 ''第2项''',NULL,0,NULL,0,0,'2018-07-22 02:30:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE units (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	kind VARCHAR(32), 
	CONSTRAINT pk_units PRIMARY KEY (id), 
	CONSTRAINT uq_units_name UNIQUE (name)
);
INSERT INTO "units" VALUES(1,'units 1 ''第1项''','units 1 ''第1项''');
INSERT INTO "units" VALUES(2,'units 2 ''第2项''',NULL);
CREATE TABLE verifications (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	verdict VARCHAR(16) NOT NULL, 
	reason TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	"by" TEXT NOT NULL, 
	CONSTRAINT pk_verifications PRIMARY KEY (id), 
	CONSTRAINT fk_verifications_task_id_tasks FOREIGN KEY(task_id) REFERENCES tasks (id)
);
INSERT INTO "verifications" VALUES(1,1,'verifications 1 ','verifications 1 ''第1项''','2018-07-21 02:30:00.000000','verifications 1 ''第1项''');
INSERT INTO "verifications" VALUES(2,2,'verifications 2 ','verifications 2 ''第2项''','2018-07-22 02:30:00.000000','verifications 2 ''第2项''');
CREATE INDEX ix_audit_object ON audit (object);
CREATE INDEX ix_inbox_new ON inbox (id) WHERE state = 'new';
CREATE INDEX ix_local_messages_chat_id ON local_messages (chat, id);
CREATE INDEX ix_aliases_unit_id ON aliases (unit_id);
CREATE INDEX ix_answers_person_id ON answers (person_id);
CREATE INDEX ix_documents_plan_id ON documents (plan_id);
CREATE INDEX ix_items_plan_id_no ON items (plan_id, no);
CREATE INDEX ix_members_unit_id ON members (unit_id);
CREATE INDEX ix_outbox_person_id_kind ON outbox (person_id, kind);
CREATE INDEX ix_outbox_waiting ON outbox (urgent, due_at) WHERE state IN ('queued', 'claimed', 'sending');
CREATE INDEX ix_posts_unit_id ON posts (unit_id);
CREATE INDEX ix_deadlines_item_id ON deadlines (item_id);
CREATE INDEX ix_duties_item_id ON duties (item_id);
CREATE INDEX ix_events_deadline_id ON events (deadline_id);
CREATE INDEX ix_periods_waiting ON periods (opens_at) WHERE opened_at IS NULL;
CREATE UNIQUE INDEX uq_periods_cadence ON periods (plan_id, due) WHERE deadline_id IS NULL;
CREATE INDEX ix_tasks_next ON tasks (next_at) WHERE next_at IS NOT NULL;
CREATE UNIQUE INDEX uq_tasks_date ON tasks (item_id, unit_id, deadline_id) WHERE event_id IS NULL AND period_id IS NULL;
CREATE UNIQUE INDEX uq_tasks_event ON tasks (item_id, unit_id, event_id) WHERE event_id IS NOT NULL;
CREATE UNIQUE INDEX uq_tasks_turn ON tasks (item_id, unit_id, period_id) WHERE period_id IS NOT NULL;
CREATE INDEX ix_reports_answer_id ON reports (answer_id);
CREATE INDEX ix_reports_task_id ON reports (task_id);
CREATE INDEX ix_verifications_task_id ON verifications (task_id);
CREATE INDEX ix_extensions_task_id ON extensions (task_id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE UNIQUE INDEX uq_drafts_command_line ON drafts (sha256) WHERE person_id IS NULL;
CREATE INDEX ix_outbox_aside ON outbox (state) WHERE state IN ('unknown', 'held');
CREATE INDEX ix_inbox_aside ON inbox (id) WHERE state = 'set_aside';
CREATE INDEX ix_tasks_item_id_unit_id_state_due ON tasks (item_id, unit_id, state, due);
CREATE INDEX ix_tasks_unit_id_state_due_item_id ON tasks (unit_id, state, due, item_id);
CREATE INDEX ix_tasks_turn ON tasks (period_id) WHERE period_id IS NOT NULL;
CREATE INDEX ix_tasks_to_decide ON tasks (state) WHERE state IN ('reported_done', 'not_ours') OR blocked;
CREATE INDEX ix_tasks_unsigned ON tasks (announced_at) WHERE state = 'open' AND announced_at > created_at;
CREATE INDEX ix_items_lost ON items (plan_id) WHERE requirement IS NULL;
CREATE INDEX ix_extensions_waiting ON extensions (id) WHERE verdict IS NULL;
CREATE INDEX ix_questions_waiting ON questions (id) WHERE settled_at IS NULL;
CREATE INDEX ix_inbox_transport_id ON inbox (transport, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('drafts',2);
COMMIT;
