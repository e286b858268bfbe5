// SPDX-License-Identifier: BSD-3-Clause
// Changes the width of a stream, any ratio; the bits keep their order, first bits lowest.
//
// One transfer per cycle on the narrower side. A ratio that is not whole goes through a word of
// the least common multiple. A beat must be a whole number of input and of output words: tlast
// marks the output word that holds the last bits of the input word which carried it. Equal
// widths are plain wires (latency 0); otherwise 1 cycle, 2 through the common multiple.

module width_converter #(
  // Bits of an input transfer
  parameter int unsigned IN_WIDTH = 8,
  // Bits of an output transfer
  parameter int unsigned OUT_WIDTH = 24
) (
  input  logic                 ap_clk,
  input  logic                 ap_rst_n,

  // AXI4-Stream input (sink)
  input  logic [IN_WIDTH-1:0]  s_axis_tdata,
  input  logic                 s_axis_tvalid,
  output logic                 s_axis_tready,
  input  logic                 s_axis_tlast,

  // AXI4-Stream output (source)
  output logic [OUT_WIDTH-1:0] m_axis_tdata,
  output logic                 m_axis_tvalid,
  input  logic                 m_axis_tready,
  output logic                 m_axis_tlast
);

  if (IN_WIDTH < 1 || OUT_WIDTH < 1) begin : check_widths
    $error("width_converter: IN_WIDTH and OUT_WIDTH must be at least 1");
  end

  function automatic logic [31:0] common_multiple(input logic [31:0] a, input logic [31:0] b);
    common_multiple = a;
    while (common_multiple % b != 0) common_multiple = common_multiple + a;
  endfunction

  localparam int unsigned COMMON = common_multiple(IN_WIDTH, OUT_WIDTH);

  logic [COMMON-1:0] common_tdata;
  logic common_tvalid, common_tready, common_tlast;

  if (COMMON == IN_WIDTH) begin : g_no_widen
    assign common_tdata = s_axis_tdata;
    assign common_tvalid = s_axis_tvalid;
    assign common_tlast = s_axis_tlast;
    assign s_axis_tready = common_tready;
  end else begin : g_widen
    localparam int unsigned WORDS = COMMON / IN_WIDTH;
    localparam int unsigned COUNT_WIDTH = $clog2(WORDS + 1);
    // Input words held; the word is put out when it is whole
    logic [COUNT_WIDTH-1:0] count_q;
    logic [COMMON-1:0] word_q;
    logic last_q, accept;

    assign common_tdata = word_q;
    assign common_tvalid = count_q == COUNT_WIDTH'(WORDS);
    assign common_tlast = last_q;
    assign s_axis_tready = !common_tvalid || common_tready;
    assign accept = s_axis_tvalid && s_axis_tready;

    always_ff @(posedge ap_clk) begin
      if (accept) begin
        word_q <= {s_axis_tdata, word_q[COMMON-1:IN_WIDTH]};
        last_q <= s_axis_tlast;
      end
      if (!ap_rst_n) count_q <= '0;
      else if (common_tvalid && common_tready) count_q <= COUNT_WIDTH'(accept);
      else if (accept) count_q <= count_q + 1'b1;
    end
  end

  if (COMMON == OUT_WIDTH) begin : g_no_narrow
    assign m_axis_tdata = common_tdata;
    assign m_axis_tvalid = common_tvalid;
    assign m_axis_tlast = common_tlast;
    assign common_tready = m_axis_tready;
  end else begin : g_narrow
    localparam int unsigned WORDS = COMMON / OUT_WIDTH;
    localparam int unsigned INDEX_WIDTH = $clog2(WORDS);
    // The held word frees its source while its parts leave
    logic [COMMON-1:0] word_q;
    logic [INDEX_WIDTH-1:0] index_q;
    logic valid_q, last_q, last_part, accept;

    assign last_part = index_q == INDEX_WIDTH'(WORDS - 1);
    assign m_axis_tdata = word_q[index_q*OUT_WIDTH +: OUT_WIDTH];
    assign m_axis_tvalid = valid_q;
    assign m_axis_tlast = last_q && last_part;
    assign common_tready = !valid_q || (last_part && m_axis_tready);
    assign accept = common_tvalid && common_tready;

    always_ff @(posedge ap_clk) begin
      if (accept) begin
        word_q <= common_tdata;
        last_q <= common_tlast;
      end
      if (!ap_rst_n) begin
        valid_q <= 1'b0;
        index_q <= '0;
      end else begin
        if (common_tready) valid_q <= common_tvalid;
        if (valid_q && m_axis_tready) index_q <= last_part ? '0 : index_q + 1'b1;
      end
    end
  end

endmodule
