// Sends a photo with tus-js-client: node tus.cjs ENDPOINT FILE TOKEN INCIDENT SHA256
const fs = require('fs');
const tus = require('tus-js-client');

const [, , endpoint, file, token, incident, sha256] = process.argv;
let lastProgress = Date.now();
const upload = new tus.Upload(fs.readFileSync(file), {
  endpoint,
  retryDelays: Array(200).fill(5),
  headers: { Authorization: `Bearer ${token}` },
  metadata: { incident, sha256, filename: '手机 1.jpg', filetype: 'image/jpeg' },
  onProgress: () => { lastProgress = Date.now(); },
  onError: (error) => { console.error(error.message); process.exit(1); },
  onSuccess: () => process.exit(0),
});
// If the connection breaks inside the body of an answer, tus-js-client waits for ever. So it is restarted.
setInterval(() => {
  if (Date.now() - lastProgress > 2000) {
    lastProgress = Date.now();
    upload.abort().then(() => upload.start());
  }
}, 250);
upload.start();
