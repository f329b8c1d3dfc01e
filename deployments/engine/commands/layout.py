"""Where things lie on the server, for one deployment.

Below the deploy path: ``repo.git`` (objects), ``releases/v<version>-<sha12>/``,
``current`` -> the live release, ``shared/`` with what all releases have in common, and
``.oec/`` (mode 0700) with the lock, the fence, the steps of each deployment and, per
release, its environment and what restarts it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """The names that belong to one deployment of one commit.

    Versions are counted per project, so only within one do they tell older from newer.
    """

    deploy_path: str
    project_id: str
    version: int
    deployment_id: str
    commit: str

    @property
    def release(self) -> str:
        return f"v{self.version}-{self.commit[:12]}"

    @property
    def link(self) -> str:
        """What ``current`` holds while this release is live."""
        return f"releases/{self.release}"

    @property
    def private(self) -> str:
        return f"{self.deploy_path}/.oec"

    def directory(self, release: str) -> str:
        """The checked-out files of ``release``: where its commands run."""
        return f"{self.deploy_path}/releases/{release}"

    def files(self, release: str) -> str:
        """The environment and the scripts kept with ``release``."""
        return f"{self.private}/releases/{release}"

    def step(self, name: str) -> str:
        """Script, log, number and result of one step of this deployment."""
        return f"{self.private}/steps/v{self.version}/{name}"
