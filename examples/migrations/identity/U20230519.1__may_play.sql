DROP FUNCTION may_play(uuid);
