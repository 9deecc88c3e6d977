const form = document.querySelector('form');
const said = document.querySelector('#said');
const options = JSON.parse(form.dataset.options);

const ask = () => (form.dataset.ceremony === 'create'
  ? navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
  })
  : navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
  }));

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    form.elements.credential.value = JSON.stringify((await ask()).toJSON());
    form.submit();
  } catch (error) {
    said.textContent = `The browser has no passkey for this page (${error.name}).`;
  }
});
