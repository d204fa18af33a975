-- The three roles of an installation. Run once as a superuser, with passwords of your own:
--
--   psql --set=database=records --set=owner_password=... --set=app_password=... --set=platform_password=... -f roles.sql
--
-- What each may do with a table is declared in tenants/grants.py and granted by `manage.py migrate_public` and
-- `manage.py migrate_schools`; nothing is granted here but the way in.

CREATE ROLE owner LOGIN PASSWORD :'owner_password';        -- makes and changes tables: migrate, provision
CREATE ROLE app LOGIN PASSWORD :'app_password';            -- schools and the auth host
CREATE ROLE platform LOGIN PASSWORD :'platform_password';  -- the operator's console: no table of a school

CREATE DATABASE :"database" OWNER owner TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO owner, app, platform;
GRANT TEMPORARY ON DATABASE :"database" TO app;            -- an import stages its rows in temporary tables

\connect :"database"
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO app, platform;
