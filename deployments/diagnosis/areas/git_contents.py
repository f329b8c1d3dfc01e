"""What git says about a repository's contents and about a working copy."""

from deployments.diagnosis.model import configuration, external, in_code, rule

FAILURES = (
    in_code(
        "commit_unavailable",
        "The commit is no longer in the repository",
        "The commit[ {commit}] cannot be found in the repository any more; the branch"
        " was probably rewritten.",
        "Use Redeploy for the branch's present commit, or push the commit again.",
    ),
    in_code(
        "submodule_broken",
        "A submodule cannot be checked out",
        "A submodule[ {path}] has no address or points to a commit that was never"
        " pushed.",
        "Correct the submodule (or push its commit), push, and use Redeploy.",
    ),
    in_code(
        "git_lfs_unsupported",
        "The commit needs Git LFS",
        "A file of the commit[ {path}] is kept in Git LFS, which is not fetched: only a"
        " pointer to it would be deployed.",
        "Put the files that the application needs into the repository itself (git lfs"
        " migrate export), push, and use Redeploy.",
    ),
    in_code(
        "git_encrypted",
        "The commit holds encrypted files",
        "A file of the commit[ {path}] is stored encrypted[ by the Git filter"
        " {detail}], which the console does not run: it would be deployed unreadable.",
        "Take the file out of the repository and store what it holds as variables or as"
        " a shared file on the server, push, and use Redeploy.",
    ),
    in_code(
        "git_too_many_files",
        "The commit has too many files",
        "The commit has more files than this console allows[: {detail}].",
        "Take generated files out of the repository, push, and use Redeploy; or raise"
        " OEC_MAX_COMMIT_FILES.",
    ),
    in_code(
        "git_path_invalid",
        "The commit holds a path that Git refuses",
        "The commit holds a path[ {path}] that would lead out of the release or into"
        " Git's own files, so Git does not write it.",
        "Remove it from the repository (git fsck names it), push, and use Redeploy.",
    ),
    in_code(
        "lfs_object_missing",
        "A large file was never uploaded",
        "The Git LFS object of a file[ {path}] does not exist on the Git host.",
        "Push the large files (git lfs push --all), then use Redeploy.",
    ),
    external(
        "lfs_refused",
        "The LFS server does not deliver a file",
        "The server of Git LFS does not deliver a file[: {detail}].",
        "Check the quota, the rights and the state of the LFS server, then retry.",
        probe="git_access",
    ),
    in_code(
        "merge_conflict",
        "A merge has conflicts",
        "The branches cannot be merged: there are conflicts[ in {path}].",
        "Merge and resolve the conflicts in the repository, push, and use Redeploy.",
    ),
    external(
        "working_copy_changed",
        "The working copy on the server differs",
        "Files or commits on the server differ from the repository, so git refuses to"
        " overwrite them.",
        "Save or discard what was changed on the server, then retry.",
    ),
    external(
        "git_locked",
        "Another git process holds a lock",
        "A lock file of git exists[: {path}]; another git process runs or crashed.",
        "Wait for the other process, or remove the left lock file; then retry.",
    ),
    external(
        "git_clone_corrupt",
        "A stored copy of the repository is damaged",
        "The stored copy of the repository is damaged.",
        "Delete that copy, check the disk, then retry: it will be fetched again.",
        probe="disk",
    ),
    external(
        "git_dubious_ownership",
        "The working copy belongs to another user",
        "The working copy[ {path}] belongs to another user of the server, so git"
        " refuses it.",
        "Give the directory to the deploying user, then retry.",
        probe="write_permission",
    ),
    external(
        "git_identity_missing",
        "git does not know who commits",
        "The deploying user has no name for commits in the configuration of git.",
        "Set user.name and user.email for the deploying user, then retry.",
    ),
    configuration(
        "git_not_a_repository",
        "The directory is not a Git repository",
        "A command expects a Git repository where there is none[: {path}].",
        "Correct the path in the environment's commands.",
    ),
)

_HEX = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"

CAUSES = (
    rule(
        "submodule_broken",
        r"No url found for submodule path '(?P<path>[^'\n]{1,160})'",
        r"Fetched in submodule path '(?P<path>[^'\n]{1,160})', but it did not contain",
        r"Unable to (?:find current revision|checkout '\w{1,64}') in submodule path "
        r"'(?P<path>[^'\n]{1,160})'",
        r"no submodule mapping found in \.gitmodules for path '"
        r"(?P<path>[^'\n]{1,160})'",
    ),
    rule(
        "commit_unavailable",
        rf"not our ref (?P<commit>{_HEX})",
        rf"reference is not a tree: (?P<commit>{_HEX})",
        rf"bad object (?P<commit>{_HEX})",
        r"(?:couldn't find remote ref|unknown revision|invalid reference|pathspec|"
        r"ambiguous argument)"
        rf":? '?(?P<commit>{_HEX})",
        rf"[Ss]erver does not allow request for unadvertised object (?P<commit>{_HEX})",
        r"(?:Could not parse object|not a (?:valid|tree) object(?: name)?):? '?"
        rf"(?P<commit>{_HEX})",
        rf"git cat-file (?P<commit>{_HEX}): bad file",
    ),
    rule(
        "git_path_invalid",
        r"^error: invalid path '(?P<path>[^'\n]{1,160})'",
        r"unable to create file (?P<path>\S{1,400}): File name too long",
        steps="resolve transfer",
    ),
    rule(
        "lfs_object_missing",
        r"Smudge error: Error downloading (?P<path>\S{1,160}) .{0,240}"
        r"Object does not exist on the server",
        r"Object does not exist on the server",
    ),
    rule(
        "lfs_refused",
        r"(?:batch response|LFS: Client error|Fetch error): (?P<detail>.{1,120})",
    ),
    rule(
        "git_branch_not_found",
        r"Remote branch (?P<branch>\S{1,100}) not found in upstream",
        r"[Cc]ouldn't find remote ref (?P<branch>\S{1,100})",
        r"error: pathspec '(?P<branch>[^'\n]{1,100})' did not match",
        r"ambiguous argument '(?P<branch>[^'\n]{1,100})': unknown revision",
        r"fatal: invalid reference: (?P<branch>\S{1,100})",
        r"(?i:fatal: (?:invalid|bad) (?:refspec|revision)) '(?P<branch>[^'\n]{1,100})'",
        r"fatal: '?(?P<branch>[^'\s]{1,100})'? is not a valid (?:branch|tag|"
        r"ref)\w{0,4}",
        r"short (?:object ID|SHA1) (?P<branch>\w{1,40}) is ambiguous",
        r"bad revision '(?P<branch>[^'\n]{1,100})'",
        r"'(?P<branch>[^'\n]{1,100})' is not a (?:commit|valid branch)",
        r"src refspec (?P<branch>\S{1,100}) does not match any",
        r"[Nn]ot a valid object name:? '?(?P<branch>[^'\s]{1,100})",
        r"There is no tracking information for the current branch|"
        r"fatal: Needed a single revision|fatal: no such branch",
        unless=r"npm (?:ERR!|error)|git checkout -q|pip-req-build",
    ),
)

RULES = (
    rule(
        "merge_conflict",
        r"CONFLICT \(.{1,40}\): Merge conflict in (?P<path>\S{1,160})",
        r"^CONFLICT \(|Automatic merge failed|error: could not apply \w{7}",
        r"error: (?:patch failed: |corrupt patch|No valid patches in input)|"
        r"(?<!\S)(?P<detail>\S{1,160}): patch does not apply",
        r"needs merge$|you need to resolve your current index first",
    ),
    rule(
        "working_copy_changed",
        r"would be overwritten by (?:merge|checkout|reset)",
        r"Not possible to fast-forward|Need to specify how to reconcile divergent",
        r"You have unstaged changes|cannot pull with rebase|"
        r"refusing to merge unrelated",
        r"destination path '(?P<path>[^'\n]{1,160})' already exists and is not an"
        r" empty",
    ),
    rule(
        "git_locked",
        r"Unable to create '?(?P<path>[^'\s]{1,160}\.lock)'?: File exists",
        r"Unlink of file '(?P<path>[^'\n]{1,160})' failed",
        r"Another git process seems to be running|cannot lock ref '",
        r"shallow file has changed since we read it",
    ),
    rule(
        "git_clone_corrupt",
        r"(?:pack|CRC|checksum) (?:checksum )?mismatch|inflate: data stream error",
        r"(?:loose object|object file) .{0,120}(?:is corrupt|is empty)",
        r"fatal: bad config (?:line|file)|error: garbage at end of loose object|"
        r"unable to unpack \w{1,64} header",
        r"fatal: (?:index file corrupt|unable to read tree|loose object|bad index)",
        r"fatal: bad object HEAD|bad (?:signature|index file) 0x|missing (?:blob|"
        r"tree) ",
        r"(?:failed to read|unable to read|missing necessary) (?:object|objects|sha1)",
        r"does not point to a valid object|packfile .{0,120}cannot be (?:accessed|"
        r"mapped)",
        steps="resolve prepare transfer build",
    ),
    rule(
        "git_dubious_ownership",
        r"detected dubious ownership in repository at '(?P<path>[^'\n]{1,160})'",
        r"unsafe repository \('(?P<path>[^'\n]{1,160})' is owned by someone else",
    ),
    rule(
        "git_identity_missing",
        r"Please tell me who you are|empty ident name|unable to auto-detect email"
        r" address",
    ),
    rule(
        "git_not_a_repository",
        r"not a git repository(?: \(or any .{0,60}\))?:? ?'?(?P<path>[^'\n]{0,160})",
        r"this operation must be run in a work tree|fatal: not in a git directory",
    ),
)
