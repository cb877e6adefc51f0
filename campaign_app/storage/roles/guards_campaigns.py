"""Which change of a campaign, of its warnings and its budget a person may make: bodies of triggers (`guards`)."""

from __future__ import annotations

from typing import Final

CAMPAIGN: Final = """
DECLARE
    builds boolean := acts('operator');
    reviews boolean := acts('reviewer');
    begun boolean;
    same_text boolean;
    same_plan boolean;
    same_word boolean;
    same_rest boolean;
    voided boolean;
    at timestamp;
    ends timestamp;
BEGIN
    -- where policy asks for another person, no role approves what its login changed last, or nobody knows who did
    IF TG_OP = 'UPDATE' AND OLD.state = 'screened' AND NEW.state = 'approved'
        AND needs_another(OLD.edited_by)
    THEN REFUSE; END IF;
    IF acts('worker') THEN RETURN coalesce(NEW, OLD); END IF;
    IF TG_OP = 'INSERT' THEN
        IF builds AND NEW.state = 'draft' AND NEW.approved_hash = '' AND NEW.approved_by = ''
            AND NEW.approved_at IS NULL AND NEW.send_at IS NULL
            AND NEW.window_end IS NULL AND NEW.snapshot_size = 0 AND NEW.complaints_seen = 0
            AND is_signed(NEW.edited_by)
        THEN RETURN NEW; END IF;
        REFUSE;
    END IF;
    begun := EXISTS (SELECT 1 FROM ledger WHERE campaign_id = OLD.id);
    IF TG_OP = 'DELETE' THEN
        IF builds AND NOT begun AND OLD.state IN ('draft', 'screened') THEN RETURN OLD; END IF;
        REFUSE;
    END IF;
    same_text := (NEW.entity_uscc, NEW.purpose, NEW.audience, NEW.signature, NEW.body, NEW.edited_by)
        = (OLD.entity_uscc, OLD.purpose, OLD.audience, OLD.signature, OLD.body, OLD.edited_by);
    same_plan := (NEW.send_at, NEW.window_end) IS NOT DISTINCT FROM (OLD.send_at, OLD.window_end);
    same_word := (NEW.approved_hash, NEW.approved_by, NEW.approved_at, NEW.rule_packs)
        IS NOT DISTINCT FROM (OLD.approved_hash, OLD.approved_by, OLD.approved_at, OLD.rule_packs);
    same_rest := (NEW.id, NEW.snapshot_size, NEW.complaints_seen) = (OLD.id, OLD.snapshot_size, OLD.complaints_seen);
    voided := NEW.send_at IS NULL AND NEW.window_end IS NULL AND NEW.approved_hash = '' AND NEW.approved_by = ''
        AND NEW.approved_at IS NULL;
    IF NEW.state IN ('draft', 'screening') AND NOT begun
        AND OLD.state IN ('draft', 'screened', 'approved', 'scheduled', 'waiting')
    THEN
        -- changed, or screened anew: whatever was said of it is void
        IF builds AND same_rest AND voided AND (same_text OR (NEW.state = 'draft' AND is_signed(NEW.edited_by)))
        THEN RETURN NEW; END IF;
        REFUSE;
    END IF;
    IF NEW.state = OLD.state AND OLD.state IN ('screened', 'approved', 'scheduled', 'waiting') AND builds
        AND (OLD.state <> 'waiting' OR NOT begun) AND same_text AND same_plan AND same_word AND same_rest
        AND NEW.state_note = OLD.state_note
    THEN RETURN NEW; END IF;  -- another name
    IF reviews AND same_text AND same_plan AND same_word AND (NEW.id, NEW.name, NEW.state, NEW.state_note,
            NEW.snapshot_size) = (OLD.id, OLD.name, OLD.state, OLD.state_note, OLD.snapshot_size)
        AND NEW.complaints_seen BETWEEN 0 AND OLD.complaints_seen
    THEN RETURN NEW; END IF;  -- a complaint was said to be of others: never more of them are known than there are
    IF NOT same_text OR NEW.name <> OLD.name OR (NEW.id, NEW.snapshot_size) <> (OLD.id, OLD.snapshot_size)
    THEN REFUSE; END IF;
    IF OLD.state = 'screened' AND NEW.state = 'approved' THEN
        IF reviews AND same_plan AND same_rest AND NEW.approved_hash <> '' AND is_signed(NEW.approved_by)
            AND NEW.approved_at A_MOMENT
            AND NOT EXISTS (SELECT 1 FROM campaign_member WHERE campaign_id = OLD.id AND reason IS NULL)
        THEN RETURN NEW; END IF;
        REFUSE;
    END IF;
    IF NOT same_word THEN REFUSE; END IF;
    IF NEW.state = 'scheduled' AND OLD.state IN ('approved', 'waiting') THEN
        at := to_timestamp(NEW.send_at / 1000.0) AT TIME ZONE interval '8 hours';
        ends := to_timestamp(NEW.window_end / 1000.0) AT TIME ZONE interval '8 hours';
        IF (builds OR reviews) AND same_rest AND NEW.approved_hash <> '' AND at::date = ends::date AND at < ends
            AND at::time >= greatest('$opens'::time, (SELECT (value::jsonb #>> '{}')::time FROM setting
                WHERE name = 'window_opens'))
            AND ends::time <= least('$closes'::time, (SELECT (value::jsonb #>> '{}')::time FROM setting
                WHERE name = 'window_closes'))
        THEN RETURN NEW; END IF;
        REFUSE;
    END IF;
    IF NOT same_plan THEN REFUSE; END IF;
    IF NEW.state = 'screening' AND builds AND same_rest AND OLD.state = 'screening' AND NEW.state_note = 'stopping'
    THEN RETURN NEW; END IF;
    IF OLD.state = 'paused' AND NEW.state IN ('scheduled', 'sending', 'waiting') AND (builds OR reviews)
        AND NEW.approved_hash <> '' AND NEW.complaints_seen BETWEEN OLD.complaints_seen
            AND greatest(OLD.complaints_seen, (SELECT count(*) FROM complaint_case WHERE campaign_id = OLD.id))
    THEN RETURN NEW; END IF;
    IF same_rest AND ((NEW.state = 'paused' AND OLD.state IN ('scheduled', 'sending'))
        OR (NEW.state = 'cancelling' AND OLD.state NOT IN ('done', 'cancelling', 'cancelled'))
        OR (NEW.state = 'cancelled' AND OLD.state NOT IN ('done', 'cancelling', 'cancelled', 'sending') AND NOT begun))
    THEN RETURN NEW; END IF;
    REFUSE;
END
"""
WARNING: Final = """
BEGIN
    IF NOT is_admin(session_user) AND NEW.confirmed_by <> ''
        AND (TG_OP = 'INSERT' OR NEW.confirmed_by <> OLD.confirmed_by)
        AND needs_another((SELECT edited_by FROM campaign WHERE id = NEW.campaign_id))
    THEN REFUSE; END IF;
    RETURN NEW;
END
"""
BUDGET: Final = """
DECLARE which bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.campaign_id ELSE NEW.campaign_id END;
BEGIN
    IF acts('worker') THEN RETURN coalesce(NEW, OLD); END IF;
    IF NOT EXISTS (SELECT 1 FROM campaign WHERE id = which
        AND state IN ('draft', 'screening', 'screened', 'approved', 'scheduled', 'waiting')) THEN REFUSE; END IF;
    IF TG_OP = 'INSERT' AND NEW.held IS NOT NULL THEN REFUSE; END IF;
    IF TG_OP = 'UPDATE' AND ((NEW.campaign_id, NEW.held) IS DISTINCT FROM (OLD.campaign_id, OLD.held))
    THEN REFUSE; END IF;
    RETURN coalesce(NEW, OLD);
END
"""
