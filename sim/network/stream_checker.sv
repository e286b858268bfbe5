// SPDX-License-Identifier: BSD-3-Clause
// Compares one stream, transfer by transfer, with the golden words of a binary file.
//
// Also holds the stream to AXI4-Stream's rules: a word offered stays until it is taken, and
// tlast marks the last transfer of each beat and no other.

module stream_checker #(
  // Name in messages
  parameter NAME = "stream",
  // Bits of one transfer
  parameter int unsigned DATA_WIDTH = 8,
  // Transfers of one beat
  parameter int unsigned TRANSFERS = 1,
  // Golden words, each in whole bytes, most significant byte first
  parameter FILE = "stream.bin"
) (
  input logic                  ap_clk,
  input logic                  ap_rst_n,
  input logic [DATA_WIDTH-1:0] tdata,
  input logic                  tvalid,
  input logic                  tready,
  input logic                  tlast
);

  localparam int unsigned FILE_WIDTH = (DATA_WIDTH + 7) / 8 * 8;
  localparam int unsigned SHOWN = 3;

  integer file;
  logic [FILE_WIDTH-1:0] golden;
  logic [DATA_WIDTH-1:0] held_q;
  logic held_valid_q;
  int unsigned transfers /* verilator public_flat_rd */;
  int unsigned mismatches /* verilator public_flat_rd */;
  // Cycles in which the sink, or the source, let the other side wait
  int unsigned stalled /* verilator public_flat_rd */;
  int unsigned starved /* verilator public_flat_rd */;
  int unsigned violations /* verilator public_flat_rd */;

  initial file = $fopen(FILE, "rb");

  always @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      held_valid_q <= 1'b0;
    end else begin
      if (held_valid_q && (!tvalid || tdata != held_q)) begin
        violations <= violations + 1;
        if (violations < SHOWN) $display("%s: offered %h, then withdrew it", NAME, held_q);
      end
      if (tvalid && !tready) stalled <= stalled + 1;
      if (!tvalid && tready) starved <= starved + 1;
      held_valid_q <= tvalid && !tready;
      held_q <= tdata;
      if (tvalid && tready) begin
        transfers <= transfers + 1;
        if ($fread(golden, file) == 0 || golden[DATA_WIDTH-1:0] != tdata) begin
          mismatches <= mismatches + 1;
          if (mismatches < SHOWN) begin
            $display("%s: transfer %0d of beat %0d is %h, PyTorch's is %h", NAME,
                     transfers % TRANSFERS, transfers / TRANSFERS, tdata,
                     golden[DATA_WIDTH-1:0]);
          end
        end
        if (tlast != (transfers % TRANSFERS == TRANSFERS - 1)) begin
          violations <= violations + 1;
          if (violations < SHOWN) begin
            $display("%s: tlast is %b on transfer %0d of %0d", NAME, tlast,
                     transfers % TRANSFERS, TRANSFERS);
          end
        end
      end
    end
  end

endmodule
