"""From files to a map: a first sketch, worker processes, the cache on disk, the watcher."""
