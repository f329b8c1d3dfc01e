# The nine steps as a careful person would write them, in one script over one connection.
# $path, $version, $origin, $branch, $build, $health and $keep are assigned above.
set -eu

# prepare
mkdir -p "$path/releases"
exec 9>>"$path/lock"
flock -n 9
[ "$(df -Pk "$path" | awk 'NR == 2 { print $4 }')" -ge 256 ]
export GIT_DIR="$path/repo.git"
[ -d "$GIT_DIR" ] || git init -q --bare

# resolve and transfer
git fetch -q --no-tags "$origin" "+refs/heads/$branch:refs/heads/$branch"
commit=$(git rev-parse "$branch")
release=releases/v$version-$(printf '%.12s' "$commit")
mkdir "$path/$release"
git archive "$commit" | tar -x -C "$path/$release"
echo "$commit" >"$path/$release/REVISION"

# build
(cd "$path/$release" && sh -ec "$build")

# activate
ln -s "$release" "$path/.current.new"
mv -fT "$path/.current.new" "$path/current"

# check
(cd "$path/current/" && sh -ec "$health")
[ "$(cat "$path/current/REVISION")" = "$commit" ]

# finish
cd "$path/releases"
ls | sort -t - -k 1.2,1nr | tail -n "+$((keep + 1))" | xargs -r rm -rf
