vcl 4.1;

# Varnish before the platform: the catalogue and manifests of the registry, and the files of versions, with the tags by
# which the cache service purges them. Fill in what stands in ${...}, such as with envsubst:
#
#   REGISTRY_HOST, REGISTRY_PORT   the registry
#   FILES_HOST, FILES_PORT         what serves /releases/<game>/<version>/<path>
#   FILES_PROVIDER                 the provider whose files those are
#   READ_TOKEN                     a token of the registry, with which the catalogue is read
#   PURGE_TOKEN                    what the cache service has to show to purge: the target's token
#
# docs/cache.md says how the cache service is told of it. Varnish 7 with varnish-modules (xkey).

import std;
import xkey;

backend registry {
    .host = "${REGISTRY_HOST}";
    .port = "${REGISTRY_PORT}";
    .first_byte_timeout = 10s;
}

backend files {
    .host = "${FILES_HOST}";
    .port = "${FILES_PORT}";
    .first_byte_timeout = 30s;
}

sub vcl_recv {
    if (req.method == "PURGE" || req.method == "BAN") {
        if (req.http.x-purge-token != "${PURGE_TOKEN}") {
            return (synth(403, "Forbidden"));
        }
        unset req.http.x-purge-token;
        if (req.method == "BAN") {
            # The lurker can do it only with what is kept in the object (obj.http).
            if (!req.http.x-ban-url || !std.ban("obj.http.x-url ~ " + req.http.x-ban-url)) {
                return (synth(400, "Bad ban: " + std.ban_error()));
            }
            return (synth(200, "Banned"));
        }
        if (req.http.xkey-purge) {
            set req.http.x-purged = xkey.purge(req.http.xkey-purge);
            return (synth(200, "Purged"));
        }
        if (req.http.xkey-softpurge) {
            set req.http.x-purged = xkey.softpurge(req.http.xkey-softpurge);
            return (synth(200, "Purged"));
        }
        # The method is no part of the hash: what GET has cached goes.
        return (purge);
    }

    if (req.method != "GET" && req.method != "HEAD") {
        return (synth(405, "Method not allowed"));
    }
    # Nothing here depends on who asks.
    unset req.http.cookie;
    unset req.http.authorization;
    unset req.http.xkey-purge;

    if (req.url ~ "^/v1/games($|[/?])") {
        set req.backend_hint = registry;
    } elsif (req.url ~ "^/releases/") {
        set req.backend_hint = files;
    } else {
        return (synth(404, "Not found"));
    }
    return (hash);
}

# One cache for all names that it is reached by, so that a purge needs none of them.
sub vcl_hash {
    hash_data(req.url);
    return (lookup);
}

sub vcl_purge {
    return (synth(200, "Purged"));
}

sub vcl_synth {
    if (req.http.x-purged) {
        set resp.http.x-purged = req.http.x-purged;
    }
}

sub vcl_backend_fetch {
    if (bereq.url ~ "^/v1/games") {
        set bereq.http.authorization = "Bearer ${READ_TOKEN}";
    }
}

sub vcl_backend_response {
    set beresp.http.x-url = bereq.url;
    if (beresp.status != 200) {
        set beresp.ttl = 1s;
        set beresp.grace = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }
    if (bereq.url ~ "^/releases/[^/]+/[^/]+/") {
        # A version's files never change.
        set beresp.http.xkey = regsub(bereq.url, "^/releases/([^/]+)/([^/]+)/.*$",
            "game.${FILES_PROVIDER}.\1 game.${FILES_PROVIDER}.\1.\2");
        set beresp.ttl = 30d;
    } elsif (bereq.url ~ "^/v1/games/[^/]+/[^/]+/versions/[^/?]+") {
        set beresp.http.xkey = regsub(bereq.url, "^/v1/games/([^/]+)/([^/]+)/versions/([^/?]+).*$",
            "game.\1.\2 game.\1.\2.\3");
        set beresp.ttl = 1d;
    } elsif (bereq.url ~ "^/v1/games/[^/]+/[^/?]+") {
        set beresp.http.xkey = regsub(bereq.url, "^/v1/games/([^/]+)/([^/?]+).*$",
            "game.\1.\2 game.\1.\2.current");
        set beresp.ttl = 1d;
    } else {
        set beresp.http.xkey = "games.current";
        set beresp.ttl = 1d;
    }
    # What has been purged must not be served once more while it is fetched.
    set beresp.grace = 0s;
    unset beresp.http.set-cookie;
    # What browsers are told not to keep (no-store), this cache may: it is purged.
    return (deliver);
}

sub vcl_deliver {
    if (obj.hits > 0) {
        set resp.http.x-cache = "HIT";
    } else {
        set resp.http.x-cache = "MISS";
    }
    unset resp.http.x-url;
    unset resp.http.xkey;
}
