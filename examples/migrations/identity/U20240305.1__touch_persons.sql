DROP TRIGGER persons_touched ON persons;
DROP FUNCTION touch_person();
