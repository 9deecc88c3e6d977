// Asks the browser for a passkey, and sends it by the page's form.
const form = document.querySelector('form[data-passkey]');
const said = form.querySelector('.script-said');
const button = form.querySelector('button');

const texts = {
  NotAllowedError: 'There was no passkey, or it was cancelled. Try again.',
  InvalidStateError: 'This device has a passkey for this account already.',
  SecurityError: `Passkeys do not work at ${location.host}. Open the site at its own address.`,
};

const ask = async () => {
  const options = JSON.parse(form.dataset.options);
  if (form.dataset.passkey === 'create') {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
};

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  said.textContent = '';
  button.disabled = true;
  try {
    form.elements.credential.value = JSON.stringify((await ask()).toJSON());
    form.submit();
  } catch (error) {
    said.textContent = texts[error.name] ?? 'This browser cannot use passkeys here.';
    button.disabled = false;
  }
});
