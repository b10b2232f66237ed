import { existsSync } from "node:fs";
import { KoboxError } from "../base/errors.ts";
import { type Profile, openProfile } from "./profile.ts";

/** The kernel that kobox is, unless told otherwise. */
export const DEFAULT_RELEASE = "6.1.0-56-amd64";

const FILE = `${DEFAULT_RELEASE}.kprofile`;

/** Beside the bundle a stored copy, which opens faster; else the packed one of the repository. */
const PLACES = [FILE, `../kernel-stubs/profiles/${FILE}`, `../../kernel-stubs/profiles/${FILE}`];

/** Path of the embedded profile. */
export const defaultProfilePath = (): string => {
  const places = PLACES.map((place) => `${import.meta.dirname}/${place}`);
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new KoboxError("no-profile", `the embedded kernel profile ${FILE} is missing`, {
    hint: "Install kobox again.",
  });
};

export const openDefaultProfile = (): Profile => openProfile(defaultProfilePath());
