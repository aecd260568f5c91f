"""Sends a photo with resumable-upload: python resumable.py ENDPOINT FILE TOKEN INCIDENT SHA256"""

import sys

from resumable_upload import TusClient
from resumable_upload.exceptions import TusCommunicationError

endpoint, file, token, incident, sha256 = sys.argv[1:]
urls = []
client = TusClient(
    endpoint,
    chunk_size=65536,
    headers={"Authorization": "Bearer " + token},
    max_retries=100,
    retry_delay=0.005,
    on_upload_url_available=urls.append,
)
while True:
    try:
        if urls:
            client.resume_upload(file, urls[-1])
        else:
            client.upload_file(file, metadata={"incident": incident, "sha256": sha256, "filetype": "image/jpeg"})
        break
    except (TusCommunicationError, OSError):
        pass
