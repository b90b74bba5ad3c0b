"""From which score on somebody who walks past a live camera is told."""

ALERT_SCORE = 0.5  # while no camera has seen the person for sure: as likely as not
#: Once cameras have: all who are dressed like the person look like those sightings, too, and score higher together with them; that
#: the person is followed makes a miss less grave. Measured by ``manage.py evaluate --live``.
FOLLOWED_SCORE = 0.9
