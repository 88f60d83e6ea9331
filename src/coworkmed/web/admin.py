"""What every admin page of ours shares."""

from coworkmed.platform.back_office import ReadOnlyAdmin as ReadOnlyAdmin
