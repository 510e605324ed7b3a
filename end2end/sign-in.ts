// Before the tests: everybody signs in with demo data, once at each server.
import { request } from "@playwright/test";
import { state, servers } from "./playwright.config";

export default async function signIn() {
  const visitor = await request.newContext();
  for (const server of servers) {
    const answer = await visitor.post(`${server}/sign-in/demo`, { form: { next: "/readyz" } });
    if (!answer.ok()) throw new Error(`${server}: ${answer.status()} ${await answer.text()}`);
  }
  await visitor.storageState({ path: state });
}
