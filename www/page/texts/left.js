/** What the page says of files that systems and programs left beside the photos. */

/** @typedef {import("../../shared/types.js").LeftOut} LeftOut */

export const en = {
  /** @type {Record<LeftOut["kind"], string>} */
  kinds: {
    networkDrive: "network drive",
    mac: "macOS",
    windows: "Windows",
    linux: "Linux or Android",
    photoProgram: "photo program",
    versionControl: "version control",
    code: "code",
    sync: "sync program",
    backup: "backup or unfinished download",
    hidden: "hidden",
  },
  line: (/** @type {LeftOut} */ { kind, files, example }) =>
    `${files.toLocaleString("en")} ${files === 1 ? "file" : "files"} (${en.kinds[kind]}: ${example})`,
  told: (/** @type {LeftOut[]} */ left) => `Not photos of yours, so left out: ${left.map(en.line).join(", ")}.`,
};

/** @type {typeof en} */
export const ko = {
  kinds: {
    networkDrive: "네트워크 드라이브",
    mac: "macOS",
    windows: "Windows",
    linux: "Linux 또는 Android",
    photoProgram: "사진 프로그램",
    versionControl: "버전 관리",
    code: "코드",
    sync: "동기화 프로그램",
    backup: "백업 또는 덜 받은 파일",
    hidden: "숨김",
  },
  line: ({ kind, files, example }) => `파일 ${files.toLocaleString("ko")}개 (${ko.kinds[kind]}: ${example})`,
  told: (left) => `직접 넣은 사진이 아니어서 제외했습니다: ${left.map(ko.line).join(", ")}.`,
};
