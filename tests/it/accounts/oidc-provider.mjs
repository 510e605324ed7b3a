// A provider of OpenID Connect by a library that is certified to be one, for tests/accounts/real_provider.rs: whoever signs
// in is who they say, with a verified address. Says its address on its first line, and ends with its standard input.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [id, secret, redirect] = process.argv.slice(2);
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: id, client_secret: secret, redirect_uris: [redirect] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
    scopes: ["openid", "email", "groups"],
    pkce: { required: () => true },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({
        sub: accountId,
        email: `${accountId}@example.com`,
        email_verified: accountId !== "mallory",
        groups: [accountId === "alice" ? "analysts" : "others"],
      }),
    }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.on("end", () => process.exit(0)).resume();
