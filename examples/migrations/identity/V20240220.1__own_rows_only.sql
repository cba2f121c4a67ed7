ALTER TABLE persons ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_person ON persons USING (id::text = current_setting('identity.person', true));
