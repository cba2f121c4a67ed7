/**
 * All that a schema holds, one row an object: its kind, its name and its definition as PostgreSQL words it.
 * The tables in which tools keep their own history are left out. `$1` is the schema.
 * https://www.postgresql.org/docs/current/catalogs.html
 */
export const CATALOG_QUERY = `
WITH
  schema AS (SELECT oid FROM pg_namespace WHERE nspname = $1),
  relations AS (
    SELECT c.* FROM pg_class c JOIN schema s ON c.relnamespace = s.oid
    WHERE c.relname NOT IN ('flyway_schema_history', 'databasechangelog', 'databasechangeloglock')
  ),
  -- What an extension brought is the extension's.
  extension_members AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
SELECT kind, name, definition FROM (
  SELECT 'table' AS kind, relname::text AS name,
    concat_ws(' ', CASE relkind WHEN 'p' THEN 'partitioned by ' || pg_get_partkeydef(oid) END,
      CASE WHEN relpersistence = 'u' THEN 'unlogged' END, CASE WHEN relrowsecurity THEN 'row security' END,
      CASE WHEN relispartition THEN pg_get_expr(relpartbound, oid) END, array_to_string(reloptions, ', ')) AS definition
  FROM relations WHERE relkind IN ('r', 'p')
  UNION ALL
  SELECT 'column', r.relname || '.' || a.attname,
    concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
      CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity by default' END,
      CASE WHEN a.attgenerated <> '' THEN 'generated' END,
      'default ' || pg_get_expr(d.adbin, d.adrelid), 'collate ' || nullif(k.collname, 'default'))
  FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    LEFT JOIN pg_collation k ON k.oid = a.attcollation
  WHERE r.relkind IN ('r', 'p', 'c')
  UNION ALL
  SELECT 'constraint', r.relname || '.' || c.conname,
    pg_get_constraintdef(c.oid) || CASE WHEN c.convalidated THEN '' ELSE ' NOT VALIDATED' END
  FROM pg_constraint c JOIN relations r ON r.oid = c.conrelid
  UNION ALL
  SELECT 'index', r.relname::text, pg_get_indexdef(r.oid) || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
  FROM relations r JOIN pg_index i ON i.indexrelid = r.oid JOIN relations t ON t.oid = i.indrelid
  UNION ALL
  SELECT 'sequence', r.relname::text,
    format('%s start %s increment %s min %s max %s cache %s%s', format_type(s.seqtypid, NULL), s.seqstart,
      s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' cycle' ELSE '' END)
  FROM relations r JOIN pg_sequence s ON s.seqrelid = r.oid
  UNION ALL
  SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, relname::text, pg_get_viewdef(oid)
  FROM relations WHERE relkind IN ('v', 'm')
  UNION ALL
  SELECT 'trigger', r.relname || '.' || t.tgname, pg_get_triggerdef(t.oid)
  FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT 'policy', r.relname || '.' || p.polname,
    concat_ws(' ', p.polcmd, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
  UNION ALL
  SELECT 'function', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
    CASE WHEN p.prokind = 'a' THEN 'aggregate' ELSE pg_get_functiondef(p.oid) END
  FROM pg_proc p JOIN schema s ON p.pronamespace = s.oid
  WHERE (1255, p.oid) NOT IN (SELECT classid, objid FROM extension_members)
  UNION ALL
  SELECT 'enum', t.typname::text, (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)
  FROM pg_type t JOIN schema s ON t.typnamespace = s.oid WHERE t.typtype = 'e'
  UNION ALL
  SELECT 'domain', t.typname::text,
    concat_ws(' ', format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN 'not null' END, 'default ' || t.typdefault,
      (SELECT string_agg(pg_get_constraintdef(c.oid), ' ' ORDER BY c.conname) FROM pg_constraint c WHERE c.contypid = t.oid))
  FROM pg_type t JOIN schema s ON t.typnamespace = s.oid WHERE t.typtype = 'd'
  UNION ALL
  SELECT 'comment', r.relname || coalesce('.' || a.attname, ''), d.description
  FROM pg_description d JOIN relations r ON r.oid = d.objoid AND d.classoid = 'pg_class'::regclass
    LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.objsubid AND d.objsubid > 0
  UNION ALL
  SELECT 'grant', relname::text, array_to_string(relacl, ', ') FROM relations WHERE relacl IS NOT NULL
) AS objects
ORDER BY kind COLLATE "C", name COLLATE "C"`;
