"""What an owner may not change of an account: who sends, while it is open what became of a batch (`storage.senders`).

Another sender does not know that batch, and would take it again. Whoever changes it holds up every writer until then,
so that no batch is claimed meanwhile.
"""

from __future__ import annotations

from typing import Final

SETTLED: Final = """
    PERFORM $lock;
    IF EXISTS (SELECT 1 FROM submission WHERE account_id = which AND settled = 0) THEN REFUSE; END IF;
"""
# and the port of another entity is a sub-let one
SENDER: Final = """
DECLARE which bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.account_id ELSE NEW.account_id END;
BEGIN
    IF is_admin(session_user) THEN RETURN coalesce(NEW, OLD); END IF;
$settled
    IF TG_OP <> 'DELETE' THEN
        IF (SELECT count(DISTINCT entity_uscc) FROM account WHERE id IN (which, NEW.sender_account_id)) <> 1
        THEN REFUSE; END IF;
    END IF;
    RETURN coalesce(NEW, OLD);
END
"""
# an INSERT may be one that becomes an UPDATE: what is there is looked up. Where an account carries the messages the
# endpoint sends nothing
SOURCE: Final = """
DECLARE which bigint := NEW.account_id;
BEGIN
    IF is_admin(session_user) THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.account_id <> which THEN REFUSE; END IF;
    END IF;
    IF NEW.consent_account_id IS NOT DISTINCT FROM
            (SELECT consent_account_id FROM account_connection WHERE account_id = which)
        OR EXISTS (SELECT 1 FROM account_sender WHERE account_id = which)
    THEN RETURN NEW; END IF;
$settled
    RETURN NEW;
END
"""
