"""Sends a photo with tuspy, with checksums: python tuspy.py ENDPOINT FILE TOKEN INCIDENT SHA256"""

import sys

from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

endpoint, file, token, incident, sha256 = sys.argv[1:]
client = TusClient(endpoint, headers={"Authorization": "Bearer " + token})
uploader = client.uploader(
    file,
    chunk_size=65536,
    metadata={"incident": incident, "sha256": sha256, "filename": "手机 1.jpg", "filetype": "image/jpeg"},
    upload_checksum=True,
    retries=200,
    retry_delay=0.005,
)
while True:
    try:
        uploader.upload()
        break
    except TusCommunicationError:
        # tuspy does not ask for the offset after an error, and the lost answer may have had a new one.
        try:
            uploader.offset = uploader.get_offset() if uploader.url else 0
        except TusCommunicationError:
            pass
